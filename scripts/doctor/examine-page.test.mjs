import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { afterEach, expect, it } from 'vitest';
import { examinePage } from './examine-page.mjs';

/**
 * What a server answers at an address: a body with its type, or a function that writes the answer.
 *
 * @typedef {(request: import('node:http').IncomingMessage, response: import('node:http').ServerResponse) => void} Answer
 */

/** @type {import('node:http').Server[]} */
const servers = [];

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

/** @param {Record<string, Answer>} answers by path */
async function start(answers) {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://host');
    const answer = answers[pathname];
    if (answer) answer(request, response);
    else response.writeHead(404, { 'content-type': 'application/json' }).end('{}');
  }).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return `http://127.0.0.1:${port}`;
}

/**
 * @param {string} body
 * @param {Record<string, string>} [headers]
 * @returns {Answer}
 */
const html =
  (body, headers = {}) =>
  (_, response) =>
    response
      .writeHead(200, { 'content-type': 'text/html', ...headers })
      .end(`<!doctype html><title>Shop</title>${body}`);

/**
 * A server that does all that the doctor asks of Salient, unless a test breaks it.
 *
 * @param {Record<string, Answer>} [broken]
 */
function startSalient(broken = {}) {
  const json = (/** @type {object} */ body, status = 200) =>
    /** @type {Answer} */ (
      ({ headers }, response) =>
        response
          .writeHead(status, {
            'content-type': 'application/json',
            ...(headers.origin && { 'access-control-allow-origin': headers.origin }),
          })
          .end(JSON.stringify(body))
    );
  return start({
    '/chat-widget.js': (_, response) =>
      response.writeHead(200, { 'content-type': 'text/javascript' }).end('"salient-chat";import("panel-abc1.js")'),
    '/panel-abc1.js': (_, response) =>
      response.writeHead(200, { 'content-type': 'text/javascript', 'access-control-allow-origin': '*' }).end('0'),
    '/accounts/acme/agents': json([{ instance_slug: 'acme_chat1' }, { instance_slug: 'simple_chat2' }]),
    '/accounts/acme/agents/acme_chat1/config': json({ display_name: 'Acme Chat 1', answers_locally: true }),
    '/accounts/acme/agents/nobody/config': json({ code: 'AGENT_NOT_FOUND', detail: 'There is no such agent.' }, 404),
    '/accounts/acme/agents/shy/config': json({ code: 'ORIGIN_NOT_ALLOWED', detail: 'Not on the list.' }, 403),
    '/accounts/acme/agents/acme_chat1/stream': (_, response) => void streamAnswer(response),
    ...broken,
  });
}

/**
 * @param {import('node:http').ServerResponse} response
 * @param {number} pauseMs 0: everything at once, as after a proxy that collects
 */
async function streamAnswer(response, pauseMs = 100) {
  response.writeHead(200, {
    'content-type': 'text/event-stream',
    'set-cookie': '__Host-salient_session=k; Path=/; HttpOnly; Secure; SameSite=None; Partitioned',
  });
  for (const event of ['turn\ndata: {}', 'message\ndata: Hello', 'done\ndata: {"usage":{"latency_ms":200}}']) {
    response.write(`event: ${event}\n\n`);
    if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
  response.end();
}

/**
 * @param {string} page
 * @param {{tag?: string, asksQuestion?: boolean}} [choices]
 */
async function examine(page, choices = {}) {
  const findings = await examinePage(new URL(page), { asksQuestion: true, ...choices });
  return findings.map(({ level, check, text, advice }) => `${level} ${check}: ${text}${advice ? ` -> ${advice}` : ''}`);
}

const tag = (/** @type {string} */ salient, attributes = 'data-account="acme" data-agent="acme_chat1"') =>
  `<script async src="${salient}/chat-widget.js" ${attributes}></script>`;

it('finds nothing to mend on a page that does everything right', async () => {
  const salient = await startSalient();
  const policy = `default-src 'self'; script-src ${salient}; connect-src ${salient}`;
  const page = await start({ '/': html(tag(salient), { 'content-security-policy': policy }) });
  const findings = await examine(page);
  expect(findings.map((line) => line.split(':')[0])).toEqual([
    'ok tag',
    'ok attributes',
    'ok https',
    'ok CSP',
    'ok files',
    'ok agent',
    'ok origin',
    'ok streaming',
    'ok cookie',
  ]);
});

it('asks nothing when it may not', async () => {
  let asked = 0;
  const salient = await startSalient({
    '/accounts/acme/agents/acme_chat1/stream': (_, response) => {
      asked += 1;
      response.end();
    },
  });
  const page = await start({ '/': html(tag(salient)) });
  expect((await examine(page, { asksQuestion: false })).join('\n')).not.toContain('streaming');
  expect(asked).toBe(0);
});

it('says what to do where there is no tag, and takes the one that a tag manager adds', async () => {
  const salient = await startSalient();
  const page = await start({ '/': html('<p>Nothing here</p>') });
  expect(await examine(page)).toEqual([expect.stringMatching(/^error tag: The page has no Salient tag. -> Paste/)]);
  expect((await examine(page, { tag: tag(salient) })).join('\n')).toContain('ok agent: acme/acme_chat1');
});

it('sees that a script will add the tag', async () => {
  const page = await start({ '/': html('<script>s.src = "https://x.example/chat-widget.js"</script>') });
  expect((await examine(page))[0]).toMatch(/^warning tag: .*adds the tag later/);
});

it('finds what a page does wrong: a doubled tag, a wrong value, a policy without the server', async () => {
  const salient = await startSalient();
  const twice = tag(salient, 'data-account="acme" data-agent="acme_chat1" data-theme="blue"').repeat(2);
  const page = await start({
    '/': html(`<meta http-equiv="Content-Security-Policy" content="script-src 'self'">${twice}`),
  });
  const findings = (await examine(page, { asksQuestion: false })).join('\n');
  expect(findings).toMatch(/note tag: The same chat is asked for 2 times, on lines 1 and 1\./);
  expect(findings).toMatch(/error attributes: data-theme="blue" is not valid\. -> It must be auto, light or dark\./);
  expect(findings).toContain(`error CSP: The Content-Security-Policy does not allow ${salient} in script-src.`);
});

it('names the agents there are when the one that is asked for does not exist', async () => {
  const salient = await startSalient();
  const page = await start({ '/': html(tag(salient, 'data-account="acme" data-agent="nobody"')) });
  expect((await examine(page)).at(-1)).toBe(
    'error agent: acme/nobody: There is no such agent. -> Agents of acme: acme_chat1, simple_chat2.',
  );
});

it('says which origin to add where the page is not on the list', async () => {
  const salient = await startSalient();
  const page = await start({ '/': html(tag(salient, 'data-account="acme" data-agent="shy"')) });
  expect((await examine(page)).at(-1)).toContain(`-> Add ${page} to allowed_origins`);
});

it('finds a proxy that doubles the CORS header', async () => {
  const salient = await startSalient({
    '/accounts/acme/agents/acme_chat1/config': ({ headers: { origin = '' } }, response) =>
      response
        .setHeader('access-control-allow-origin', [origin, '*'])
        .writeHead(200, { 'content-type': 'application/json' })
        .end('{"display_name":"Acme Chat 1"}'),
  });
  const page = await start({ '/': html(tag(salient)) });
  expect((await examine(page)).join('\n')).toMatch(/error origin: .* is http:\S+, \* instead of .*Remove CORS headers/);
});

it('finds a proxy that collects the answer', async () => {
  const salient = await startSalient({
    '/accounts/acme/agents/acme_chat1/stream': (_, response) => void streamAnswer(response, 0),
  });
  const page = await start({ '/': html(tag(salient)) });
  expect((await examine(page)).join('\n')).toMatch(
    /error streaming: .*something on the way collects it.*proxy_buffering/,
  );
});

it('finds files of two versions, an address that is not the widget, and a server that is away', async () => {
  const halfCopied = await startSalient({ '/panel-abc1.js': (_, response) => response.writeHead(404).end() });
  const pages = await start({
    '/half': html(tag(halfCopied)),
    '/wrong': html('<script src="/elsewhere/chat-widget.js"></script>'),
    '/away': html(tag('http://127.0.0.1:9')),
  });
  expect((await examine(`${pages}/half`)).join('\n')).toMatch(/error files: .*panel-abc1.js, answers 404/);
  expect((await examine(`${pages}/wrong`)).join('\n')).toMatch(/error files: .*is not the widget: status 404/);
  expect((await examine(`${pages}/away`)).join('\n')).toMatch(
    /error server: http:\/\/127.0.0.1:9\/chat-widget.js could not/,
  );
});

it('reads whom to ask from the global configuration', async () => {
  const salient = await startSalient();
  const config = `<script>window.__SALIENT_WIDGET_CONFIG = { account: 'acme', agent: "acme_chat1" };</script>`;
  const page = await start({ '/': html(config + tag(salient, '')) });
  expect((await examine(page)).join('\n')).toContain('ok agent: acme/acme_chat1');
});

it('examines a frame: whether its page exists and may be framed', async () => {
  const salient = await startSalient({
    '/demo/simple-chat': html('', { 'content-security-policy': "frame-ancestors 'self'" }),
  });
  const frame = (/** @type {string} */ address) =>
    html(`<iframe src="${address}?account=acme&amp;agent=acme_chat1"></iframe>`);
  const page = await start({
    '/': frame('/salient-chat.html'),
    '/foreign': frame(`${salient}/demo/simple-chat`),
    '/salient-chat.html': html('', { 'content-security-policy': "frame-ancestors 'self'" }),
  });
  expect((await examine(page, { asksQuestion: false })).join('\n')).toContain('ok files: The framed page loads from');
  expect((await examine(`${page}/foreign`, { asksQuestion: false })).join('\n')).toMatch(
    /error files: .*may not be framed by .*Host a copy of iframe-wrapper.html/,
  );
});

it('reads in a copy of the iframe wrapper whom it asks', async () => {
  const salient = await startSalient();
  const wrapper = readFileSync(new URL('../../packages/widget/src/frame/iframe-wrapper.html', import.meta.url), 'utf8')
    .replace("account: 'default_account'", "account: 'acme'")
    .replace("agent: 'simple_chat1'", "agent: 'acme_chat1'")
    .replace("backend: ''", `backend: '${salient}'`);
  const page = await start({
    '/': html('<iframe src="/salient-chat.html" title="Chat"></iframe>'),
    '/salient-chat.html': html(wrapper),
  });
  expect((await examine(page)).join('\n')).toContain('ok agent: acme/acme_chat1 is “Acme Chat 1”');
});

it('does not examine what is no page', async () => {
  const page = await start({});
  await expect(examine(`${page}/missing`)).rejects.toThrow('answers 404: there is no page to examine.');
});
