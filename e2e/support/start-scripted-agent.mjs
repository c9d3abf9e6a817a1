import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

const widgetFolder = new URL('../../packages/widget/dist/', import.meta.url);

/**
 * An answer, piece by piece.
 *
 * @typedef {object} ScriptedAnswer
 * @property {readonly string[]} pieces
 * @property {number} [rate] pieces per second, default 250; kept on average, also where timers are late
 * @property {{ piece: number, until: Promise<unknown> }} [holdAt] waits before this piece
 */

/**
 * @typedef {object} ScriptedAgent
 * @property {string} url serves the widget's files and the API of any agent
 * @property {(path: string) => number} countRequests how often a path was asked for whose end this is
 * @property {() => Promise<void>} stop
 */

/**
 * An agent that says what it is told to, piece by piece, without a server of ours: for what a model would hardly say.
 * The built widget and the API of any account and agent at `http://localhost:{port}`.
 *
 * @param {object} script
 * @param {(question: string) => ScriptedAnswer} script.answer
 * @param {object[]} [script.history] stored messages, oldest first
 * @param {object} [script.config] in place of parts of `A/config`
 * @returns {Promise<ScriptedAgent>}
 */
export async function startScriptedAgent({ answer, history = [], config = {} }) {
  /** @type {string[]} */
  const asked = [];
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://agent');
    asked.push(pathname);
    void respond(request, response, pathname);
  });
  server.listen(0);
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return {
    url: `http://localhost:${port}`,
    countRequests: (path) => asked.filter((each) => each.endsWith(path)).length,
    stop: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };

  /**
   * @param {import('node:http').IncomingMessage} request
   * @param {import('node:http').ServerResponse} response
   * @param {string} pathname
   */
  async function respond(request, response, pathname) {
    const headers = {
      'Access-Control-Allow-Origin': request.headers.origin ?? '*',
      'Access-Control-Allow-Credentials': 'true',
      'Access-Control-Allow-Headers': 'content-type, authorization, x-salient-session, last-event-id',
      'Access-Control-Allow-Methods': 'GET, POST',
    };
    /** @param {object} body */
    const sendJson = (body) =>
      response.writeHead(200, { ...headers, 'Content-Type': 'application/json' }).end(JSON.stringify(body));

    if (request.method === 'OPTIONS') response.writeHead(204, headers).end();
    else if (pathname.endsWith('/config')) sendJson(configOf(config));
    else if (pathname.endsWith('/history')) {
      sendJson({ session_id: 'session', messages: history, active_turn: null, next_cursor: null });
    } else if (pathname.endsWith('/stream')) {
      let body = '';
      for await (const chunk of request) body += String(chunk);
      response.writeHead(200, { ...headers, 'Content-Type': 'text/event-stream' });
      await stream(response, answer(JSON.parse(body).message));
    } else await sendFile(response, pathname, headers);
  }
}

/**
 * @param {import('node:http').ServerResponse} response
 * @param {ScriptedAnswer} answer
 */
async function stream(response, { pieces, rate = 250, holdAt }) {
  const id = `message-${Math.random()}`;
  const send = (/** @type {string} */ event, /** @type {string} */ data, position = '') => {
    const lines = data.split('\n').map((line) => `data: ${line}\n`);
    response.write(`event: ${event}\n${position && `id: ${position}\n`}${lines.join('')}\n`);
  };
  const turn = { turn_id: `turn-${id}`, user_message_id: `question-${id}`, message_id: id, session_id: 'session' };
  send('turn', JSON.stringify(turn));
  let startedAt = performance.now();
  for (const [index, piece] of pieces.entries()) {
    if (index === holdAt?.piece) {
      await holdAt.until;
      startedAt = performance.now() - (index * 1000) / rate;
    }
    const earlyMs = (index * 1000) / rate - (performance.now() - startedAt);
    if (earlyMs > 0) await sleep(earlyMs);
    send('message', piece, String(index));
  }
  const usage = { provider: 'local', model: 'script', total_tokens: 0, total_cost: '0', cost_source: 'provider' };
  send('done', JSON.stringify({ message_id: id, finish_reason: 'stop', status: 'complete', usage, citations: [] }));
  response.end();
}

/**
 * @param {import('node:http').ServerResponse} response
 * @param {string} pathname
 * @param {Record<string, string>} headers
 */
async function sendFile(response, pathname, headers) {
  try {
    const content = await readFile(new URL(`.${pathname}`, widgetFolder));
    response.writeHead(200, { ...headers, 'Content-Type': 'text/javascript' }).end(content);
  } catch {
    response.writeHead(404, headers).end();
  }
}

/** @param {object} changes */
function configOf(changes) {
  return {
    title: 'Script',
    subtitle: null,
    greeting: 'Hello!',
    placeholder: null,
    starters: [],
    theme: 'light',
    accent: '#0b5fff',
    position: 'bottom-right',
    limits: { max_message_chars: 100_000, history_limit: 500 },
    sse_enabled: true,
    answers_locally: false,
    image_hosts: [],
    feature_flags: {},
    ...changes,
  };
}
