import { gzipSync } from 'node:zlib';
import type { Exchange, Reply } from './fake-provider.ts';
import { encodeRecording } from './fake-provider-recordings.ts';
import type { WireStyle } from './fake-provider-recordings.ts';
import { wordText } from './word-text.ts';

/** Token counts, and whatever else a provider puts into `usage`. */
export type FakeUsage = Record<string, unknown>;

export interface AnswerOptions {
  /** Sent word by word. Default: repeats the last message of the prompt. */
  text?: string;
  /** Before the headers. */
  headersAfterMs?: number;
  /** From the headers to the first word. */
  firstWordAfterMs?: number;
  /** Between two words. */
  delayMs?: number;
  finishReason?: string | null;
  /** Null: none is sent. Default: one token a word. */
  usage?: FakeUsage | null;
  /** Default: true. */
  done?: boolean;
}

/** Answers like a well-behaved provider, as a stream or, where the request asks for none, as one JSON object. */
export function answer(options: AnswerOptions = {}): Reply {
  return async (exchange) => {
    const { request, response, wait } = exchange;
    const text = options.text ?? `You asked: ${lastMessage(request.body)}`;
    const words = text.match(/\s*\S+\s*$|\s*\S+|\s+$/g) ?? [];
    const usage = options.usage === undefined ? countWords(request.body, words.length) : options.usage;
    const finishReason = options.finishReason === undefined ? 'stop' : options.finishReason;
    if (!(await wait(options.headersAfterMs ?? 0))) return;
    if (request.body['stream'] !== true) {
      const message = { role: 'assistant', content: text };
      sendJson(exchange, 200, {
        ...head(request.model),
        object: 'chat.completion',
        choices: [{ index: 0, message, finish_reason: finishReason }],
        usage,
      });
      return;
    }

    openStream(exchange);
    for (const [index, word] of words.entries()) {
      if (!(await wait((index === 0 ? options.firstWordAfterMs : options.delayMs) ?? 0))) return;
      sendChunk(exchange, { choices: [{ index: 0, delta: { content: word }, finish_reason: null }] });
    }
    if (finishReason !== null) sendChunk(exchange, { choices: [{ index: 0, delta: {}, finish_reason: finishReason }] });
    if (usage) sendChunk(exchange, { choices: [], usage });
    if (options.done !== false) sendData(exchange, '[DONE]');
    response.end();
  };
}

/** Sends given chunks, each an object (made JSON) or raw text for a `data:` line, then ends. */
export function stream(chunks: readonly unknown[]): Reply {
  return (exchange) => {
    openStream(exchange);
    for (const chunk of chunks) sendData(exchange, typeof chunk === 'string' ? chunk : JSON.stringify(chunk));
    exchange.response.end();
  };
}

/** Sends a recorded stream, its bytes cut into network pieces at the given positions. */
export function replay(file: string, style: WireStyle = {}, cuts: readonly number[] = []): Reply {
  return async (exchange) => {
    const bytes = encodeRecording(file, style);
    openStream(exchange);
    let from = 0;
    for (const to of [...cuts, bytes.length]) {
      // A turn of the event loop between two writes makes them two pieces on a loopback connection.
      if (!(await exchange.wait(0))) return;
      exchange.response.write(bytes.subarray(from, to));
      from = to;
    }
    exchange.response.end();
  };
}

/** Sends bytes as they are, with the headers given. */
export function raw(status: number, headers: Record<string, string>, body: string | Buffer): Reply {
  return ({ response }) => {
    response.writeHead(status, headers).end(body);
  };
}

/** An error answer. Its body quotes what must never be shown: the key and the prompt. */
export function httpError(status: number, headers: Record<string, string> = {}): Reply {
  return (exchange) => {
    for (const [name, value] of Object.entries(headers)) exchange.response.setHeader(name, value);
    const message = `bad key ${exchange.request.headers.authorization}, prompt: ${lastMessage(exchange.request.body)}`;
    sendJson(exchange, status, { error: { message, code: status } });
  };
}

const WORDS = { text: 'One two three four five six.' };
const SOME_TEXT = { choices: [{ index: 0, delta: { content: 'One two' }, finish_reason: null }] };
const FOREVER_MS = 2 ** 31 - 1;
const MEBIBYTE = 1024 * 1024;

/** Every way to misbehave, by name. */
export const FAULTS = {
  html: raw(200, { 'Content-Type': 'text/html' }, '<html><body>Please log in</body></html>'),
  json: raw(200, { 'Content-Type': 'application/json' }, '{"hello":"world"}'),
  redirect: raw(307, { Location: 'http://127.0.0.1:9/elsewhere' }, ''),
  'gzip-bomb': (exchange) => sendGzipBomb(exchange),
  'huge-line': (exchange) => sendHugeLine(exchange),
  'endless-answer': (exchange) => sendEndlessly(exchange),
  'broken-json': stream([SOME_TEXT, '{"choices": [{"delta": secret', SOME_TEXT, '[DONE]']),
  'error-object': stream([SOME_TEXT, { error: { message: 'secret overload', code: 502 } }]),
  'error-first': stream([{ error: { message: 'secret overload', code: 502 } }]),
  'no-finish': stream([SOME_TEXT]),
  'no-done': answer({ ...WORDS, done: false }),
  'no-usage': answer({ ...WORDS, usage: null }),
  'no-finish-but-done': answer({ ...WORDS, finishReason: null }),
  'no-text': answer({ text: '' }),
  cut: async (exchange) => {
    openStream(exchange);
    sendChunk(exchange, SOME_TEXT);
    await exchange.wait(20);
    exchange.response.destroy();
  },
  reset: async (exchange) => {
    openStream(exchange);
    sendChunk(exchange, SOME_TEXT);
    await exchange.wait(20);
    exchange.response.socket?.resetAndDestroy();
  },
  'reset-at-once': ({ response }) => {
    response.socket?.resetAndDestroy();
  },
  'stall-headers': answer({ headersAfterMs: FOREVER_MS }),
  'stall-first-token': answer({ firstWordAfterMs: FOREVER_MS }),
  'stall-between-tokens': answer({ ...WORDS, delayMs: FOREVER_MS }),
  'stall-after-finish': async (exchange) => {
    openStream(exchange);
    sendChunk(exchange, { choices: [{ index: 0, delta: { content: 'One two' }, finish_reason: 'stop' }] });
    await exchange.wait(FOREVER_MS);
  },
  'rate-limited': httpError(429, { 'Retry-After': '2' }),
  'server-error': httpError(500),
  unauthorized: httpError(401),
} satisfies Record<string, Reply>;

/**
 * Chooses a reply by the model's name, so that a test can choose it from another process:
 * `fault:<name>`, `replay:<file>`, `words:count=200,delay=50` (also `first`, `length`); anything else answers at once.
 */
export function replyForModel(model: string): Reply {
  const [kind, rest = ''] = model.split(/:(.*)/s);
  if (kind === 'replay') return replay(rest);
  if (kind === 'words') return answer(readWordOptions(rest));
  if (kind !== 'fault') return answer();
  const fault: Reply | undefined = Object.hasOwn(FAULTS, rest) ? FAULTS[rest as keyof typeof FAULTS] : undefined;
  if (!fault) throw new Error(`The fake provider has no fault ${rest}. It has: ${Object.keys(FAULTS).join(', ')}.`);
  return fault;
}

function readWordOptions(text: string): AnswerOptions {
  const given = Object.fromEntries(text.split(',').map((pair) => pair.split('='))) as Record<string, string>;
  const count = Number(given['count'] ?? 10);
  return {
    text: wordText(count, Number(given['length'] ?? 0)),
    delayMs: Number(given['delay'] ?? 0),
    firstWordAfterMs: Number(given['first'] ?? 0),
  };
}

function openStream({ response }: Exchange): void {
  response.writeHead(200, { 'Content-Type': 'text/event-stream' });
  response.flushHeaders();
}

function sendData({ response }: Exchange, data: string): void {
  response.write(`data: ${data}\n\n`);
}

function sendChunk(exchange: Exchange, chunk: Record<string, unknown>): void {
  sendData(exchange, JSON.stringify({ ...head(exchange.request.model), ...chunk }));
}

function sendJson({ response }: Exchange, status: number, body: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
}

/** 256 MiB of one event in 256 KiB. */
function sendGzipBomb({ response }: Exchange): void {
  response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Content-Encoding': 'gzip' });
  response.write(gzipSync('data: '));
  const member = gzipSync(Buffer.alloc(16 * MEBIBYTE, 'x'));
  for (let count = 0; count < 16; count += 1) response.write(member);
  response.end();
}

/** A line of 100 MB, sent only as fast as it is read. */
async function sendHugeLine(exchange: Exchange): Promise<void> {
  openStream(exchange);
  exchange.response.write('data: ');
  await sendRepeatedly(exchange, Buffer.alloc(MEBIBYTE, 'x'), 100);
}

/** Well-formed chunks without end. */
async function sendEndlessly(exchange: Exchange): Promise<void> {
  openStream(exchange);
  const chunk = JSON.stringify({ choices: [{ index: 0, delta: { content: 'x'.repeat(4096) } }] });
  await sendRepeatedly(exchange, Buffer.from(`data: ${chunk}\n\n`), Number.POSITIVE_INFINITY);
}

async function sendRepeatedly({ response, wait }: Exchange, bytes: Buffer, times: number): Promise<void> {
  for (let count = 0; count < times; count += 1) {
    if (response.destroyed) return;
    // Backpressure, checked by turns of the event loop: simple, and the connection may go at any moment.
    if (!response.write(bytes)) while (response.writableNeedDrain && (await wait(1)));
  }
  response.end();
}

function head(model: string): Record<string, unknown> {
  return { id: 'chatcmpl-fake', object: 'chat.completion.chunk', created: 1_700_000_000, model };
}

function countWords(body: Record<string, unknown>, completionTokens: number): FakeUsage {
  const promptTokens = JSON.stringify(body['messages'] ?? []).split(/\s+/).length;
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
  };
}

function lastMessage(body: Record<string, unknown>): string {
  const messages = Array.isArray(body['messages']) ? (body['messages'] as { content?: string }[]) : [];
  return messages.at(-1)?.content ?? '';
}
