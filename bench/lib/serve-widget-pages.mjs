import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { startScriptedAgent } from '../../e2e/support/start-scripted-agent.mjs';
import { fixedAnswer } from './fixed-answer.mjs';

const markedFile = createRequire(new URL('../../packages/widget/package.json', import.meta.url)).resolve('marked');

/** Text enough that the page has something to lay out. */
const content = '<h1>Shop</h1>' + '<p>Some text that a page has, long enough for a line or two of it.</p>'.repeat(40);

/**
 * @typedef {object} WidgetPages
 * @property {string} bare address of a page without any chat
 * @property {string} salient the same page with our tag
 * @property {string} naive the same page with a panel that parses the whole answer again for every piece, as HTML
 */

/**
 * Pages of one site, and on another origin an agent that answers a question that is a number with as many KB of
 * Markdown.
 *
 * @param {import('./create-cleanup.mjs').Cleanup} cleanup
 * @param {{ rate?: number }} [options] pieces per second
 * @returns {Promise<WidgetPages>}
 */
export async function serveWidgetPages(cleanup, { rate = 300 } = {}) {
  const agent = await startScriptedAgent({ answer: (question) => ({ pieces: fixedAnswer(Number(question)), rate }) });
  cleanup.add(agent.stop);
  /** @type {Record<string, string>} */
  const tags = {
    '/bare': '',
    '/salient': `<script async src="${agent.url}/chat-widget.js"></script>`,
    '/naive': await naivePanel(agent.url),
  };
  const server = createServer((request, response) => {
    const tag = tags[request.url ?? ''];
    response.writeHead(tag === undefined ? 404 : 200, { 'Content-Type': 'text/html; charset=utf-8' });
    response.end(tag === undefined ? '' : `<!doctype html><html lang="en"><title>Shop</title>${content}${tag}</html>`);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanup.add(async () => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  const at = (/** @type {string} */ path) => `http://127.0.0.1:${port}${path}`;
  return { bare: at('/bare'), salient: at('/salient'), naive: at('/naive') };
}

/**
 * What is written first when nobody has measured: `innerHTML = parse(everything)`.
 *
 * @param {string} agentUrl
 */
async function naivePanel(agentUrl) {
  const marked = await readFile(markedFile.replace(/marked\.(esm|umd)\.js$/, 'marked.umd.js'), 'utf8');
  return `<script>${marked}</script>
<style>#log { position: fixed; right: 20px; bottom: 88px; width: 400px; height: 600px; overflow: auto; background: #fff }</style>
<div id="log"></div><textarea aria-label="Message" style="position:fixed;bottom:20px;right:20px"></textarea>
<script>
  const [log, box] = [document.querySelector('#log'), document.querySelector('textarea')];
  box.addEventListener('keydown', async ({ key }) => {
    if (key !== 'Enter') return;
    const body = JSON.stringify({ message: box.value.trim() });
    const response = await fetch('${agentUrl}/accounts/a/agents/b/stream', { method: 'POST', body });
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let buffer = '', text = '';
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      const events = (buffer + read.value).split('\\n\\n');
      buffer = events.pop();
      for (const event of events.filter((each) => each.startsWith('event: message'))) {
        text += event.split('\\n').filter((line) => line.startsWith('data: ')).map((line) => line.slice(6)).join('\\n');
        log.innerHTML = marked.parse(text);
        log.scrollTop = log.scrollHeight;
      }
    }
  });
</script>`;
}
