import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Citation, ErrorCode, Message, WidgetConfig } from '@salient/shared-types';

const widgetFolder = fileURLToPath(new URL('../../packages/widget/dist', import.meta.url));

/** What the server says to every question. */
export interface ScriptedAnswer {
  /** Markdown, sent in these pieces. */
  pieces: string[];
  /** Between two pieces. Default 0. */
  pauseMs?: number;
  /** `open`: the stream goes on after the last piece, in silence. `error`: the provider has failed. Default `done`. */
  end?: 'done' | 'open' | 'error';
  citations?: Citation[];
}

export type Fault =
  /** Connections are cut. */
  | 'down'
  /** Every call is answered with an internal error. */
  | 'broken'
  /** Calls are taken and not answered. */
  | 'silent'
  /** Every call takes its time. */
  | 'slow';

const slownessMs = 1_500;

export interface AgentScript {
  config: Partial<WidgetConfig>;
  history: Message[];
  answer: ScriptedAnswer;
  /** Questions are refused with this. */
  refusal?: { status: number; code: ErrorCode } | undefined;
  /** What is wrong with the API; the widget's own files are served nevertheless. */
  fault?: Fault | undefined;
}

/** A server that serves the built widget and plays one agent by a script, for states that a real one cannot hold still. */
export interface ScriptedAgent {
  readonly url: string;
  /** May be changed at any time. */
  readonly script: AgentScript;
  /** Method and path of each API call so far. */
  readonly calls: string[];
  /** Breaks every connection that is open. */
  readonly cutStreams: () => void;
  readonly stop: () => Promise<void>;
}

/** Starts it on `localhost`: another site than the host pages, which live on `127.0.0.1`. */
export async function startScriptedAgent(given: Partial<AgentScript> = {}): Promise<ScriptedAgent> {
  const script: AgentScript = { config: {}, history: [], answer: { pieces: ['Hello.'] }, ...given };
  const calls: string[] = [];
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://agent');
    if (!pathname.startsWith('/accounts/')) {
      void sendWidgetFile(pathname, response);
      return;
    }
    allowAnyPage(request, response);
    if (request.method === 'OPTIONS' && script.fault !== 'down') {
      response.writeHead(204).end();
      return;
    }
    calls.push(`${request.method} ${pathname.replace(/^.*\/agents\/[^/]+/, '')}`);
    const { fault } = script;
    if (fault === 'slow') setTimeout(() => answerCall(pathname, script, response), slownessMs);
    else if (fault) failCall(fault, response);
    else answerCall(pathname, script, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const stop = async () => {
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  };
  const cutStreams = () => server.closeAllConnections();
  return { url: `http://localhost:${(server.address() as AddressInfo).port}`, script, calls, cutStreams, stop };
}

async function sendWidgetFile(pathname: string, response: ServerResponse): Promise<void> {
  try {
    const content = await readFile(path.join(widgetFolder, pathname));
    response
      .writeHead(200, { 'content-type': 'text/javascript; charset=utf-8', 'access-control-allow-origin': '*' })
      .end(content);
  } catch {
    response.writeHead(404).end();
  }
}

function allowAnyPage(request: IncomingMessage, response: ServerResponse): void {
  response.setHeader('access-control-allow-origin', request.headers.origin ?? '*');
  response.setHeader('access-control-allow-credentials', 'true');
  response.setHeader('access-control-allow-methods', 'GET, POST');
  response.setHeader('access-control-allow-headers', request.headers['access-control-request-headers'] ?? '');
  response.setHeader('access-control-max-age', '600');
}

function failCall(fault: Fault, response: ServerResponse): void {
  if (fault === 'down') response.destroy();
  if (fault === 'broken') sendJson(response, { error: 'Internal error', detail: 'Try again.', code: 'INTERNAL' }, 500);
}

function answerCall(pathname: string, script: AgentScript, response: ServerResponse): void {
  const { config, history, answer, refusal } = script;
  if (pathname.endsWith('/config')) sendJson(response, { ...defaultConfig, ...config });
  else if (pathname.endsWith('/history')) {
    sendJson(response, { session_id: 'session', messages: history, active_turn: null, next_cursor: null });
  } else if (pathname.endsWith('/stream') && refusal) {
    sendJson(response, { error: 'Refused', detail: 'Not now.', code: refusal.code }, refusal.status);
  } else if (pathname.endsWith('/stream')) void sendAnswer(answer, response);
  else sendJson(response, {});
}

async function sendAnswer(answer: ScriptedAnswer, response: ServerResponse): Promise<void> {
  const { pieces, pauseMs = 0, end = 'done', citations = [] } = answer;
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
  const send = (event: string, data: string, id?: number) => {
    const lines = data.split('\n').map((line) => `data: ${line}\n`);
    response.write(`event: ${event}\n${id === undefined ? '' : `id: ${id}\n`}${lines.join('')}\n`);
  };
  const ids = { turn_id: 'turn', user_message_id: 'question', message_id: 'answer', session_id: 'session' };
  send('turn', JSON.stringify(ids));
  let position = 0;
  for (const piece of pieces) {
    send('message', piece, (position += piece.length));
    if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
  if (end === 'open') return;
  const fault = { error: 'Bad gateway', detail: 'The model failed.', code: 'UPSTREAM_ERROR', request_id: 'request' };
  if (end === 'error') send('error', JSON.stringify({ ...fault, retryable: true }));
  const done = { message_id: 'answer', finish_reason: end === 'error' ? 'error' : 'stop', usage: null, citations };
  send('done', JSON.stringify({ ...done, status: end === 'error' ? 'error' : 'complete' }));
  response.end();
}

function sendJson(response: ServerResponse, body: object, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

const defaultConfig: WidgetConfig = {
  account: 'default_account',
  agent: 'simple_chat1',
  agent_type: 'simple_chat',
  display_name: 'Shop',
  title: 'Alder & Wren',
  subtitle: 'Answers in seconds',
  greeting: 'Hello! Ask me about returns, delivery or your order.',
  placeholder: null,
  starters: ['What is your return policy?', 'Do you ship internationally?'],
  theme: 'auto',
  accent: '#2f6b4f',
  position: 'bottom-right',
  radius: 16,
  density: 'comfortable',
  label: null,
  teaser: null,
  preload: 'intent',
  logo: null,
  avatar: null,
  texts: {},
  consent: null,
  limits: { max_message_chars: 2000, history_limit: 50 },
  sse_enabled: true,
  answers_locally: false,
  image_hosts: [],
  feature_flags: { enable_feedback: true },
};
