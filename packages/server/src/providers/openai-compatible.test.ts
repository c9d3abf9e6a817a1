import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { startFakeProvider } from '../../test/fake-provider.ts';
import type { FakeProvider, Reply } from '../../test/fake-provider.ts';
import { encodeRecording, listRecordings } from '../../test/fake-provider-recordings.ts';
import { answer, FAULTS, httpError, raw, replay, stream } from '../../test/fake-provider-replies.ts';
import { ProviderError } from './model-provider.ts';
import type { ModelCompletion, ModelRequest, ProviderTimeouts } from './model-provider.ts';
import { createOpenAiCompatible } from './openai-compatible.ts';
import type { OpenAiCompatibleOptions } from './openai-compatible.ts';

const KEY = 'sk-canary-key';
const PROMPT = 'canary prompt';
const PATIENT: ProviderTimeouts = { connectMs: 30_000, firstTokenMs: 30_000, betweenTokensMs: 30_000, totalMs: 30_000 };
const REQUEST: ModelRequest = {
  model: 'some-model',
  messages: [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: PROMPT },
  ],
  temperature: 0.3,
  maxTokens: 200,
  passages: [],
  topics: [],
};

let fake: FakeProvider;
beforeEach(async () => {
  fake = await startFakeProvider();
});
afterEach(() => fake.close());

describe('a request', () => {
  test('says what the contract of the provider asks, and nothing about this machine', async () => {
    await ask(answer(), { name: 'openrouter' });
    const [request] = fake.requests;
    expect(request?.path).toBe('/v1/chat/completions');
    expect(request?.body).toEqual({
      model: 'some-model',
      messages: REQUEST.messages,
      temperature: 0.3,
      max_tokens: 200,
      stream: true,
      stream_options: { include_usage: true },
      usage: { include: true },
    });
    const { host: _host, 'content-length': _length, ...headers } = request?.headers ?? {};
    expect(headers).toEqual({
      accept: 'application/json',
      'accept-encoding': 'identity',
      authorization: `Bearer ${KEY}`,
      connection: 'keep-alive',
      'content-type': 'application/json',
      'user-agent': 'Salient',
      'x-title': 'Salient',
    });
  });

  test('limits the length as OpenAI wants it', async () => {
    await ask(answer(), { name: 'openai' });
    expect(fake.requests[0]?.body).toMatchObject({ max_completion_tokens: 200 });
    expect(fake.requests[0]?.body).not.toHaveProperty('max_tokens');
  });

  test('carries no authorization when there is no key', async () => {
    await ask(answer(), { apiKey: null });
    expect(fake.requests[0]?.headers).not.toHaveProperty('authorization');
  });

  test('is sent once, whatever comes back', async () => {
    await askAndFail(httpError(500));
    expect(fake.requests).toHaveLength(1);
  });

  test('uses a connection that an earlier one left', async () => {
    const ports = new Set<number | undefined>();
    // The end comes in a packet of its own, after the completion.
    const endsLate: Reply = async ({ response, wait }) => {
      ports.add(response.socket?.remotePort);
      response.writeHead(200, { 'Content-Type': 'text/event-stream' });
      response.write('data: {"choices":[{"delta":{"content":"Hi"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n');
      await wait(5);
      response.end();
    };
    fake.script(() => endsLate);
    const provider = createOpenAiCompatible({ name: 'openai', baseUrl: fake.baseUrl, apiKey: KEY, timeouts: PATIENT });
    const calls = 5;
    for (let count = 0; count < calls; count += 1) {
      await provider.complete(REQUEST, () => {}, new AbortController().signal);
      // A completion does not wait for the end of its connection, so an eager next call may open another one.
      await fake.requests[count]?.closed;
      await sleep(10);
    }
    expect(ports.size).toBeLessThan(calls);
  });
});

describe('an answer', () => {
  test('arrives piece by piece, with its usage', async () => {
    const { text, pieces, completion } = await ask(answer({ text: 'One two three', delayMs: 5 }));
    expect(text).toBe('One two three');
    expect(pieces).toEqual(['One', ' two', ' three']);
    expect(completion).toMatchObject({
      finishReason: 'stop',
      modelAnswered: 'some-model',
      responseId: 'chatcmpl-fake',
    });
    expect(completion.usage).toMatchObject({ completionTokens: 3 });
  });

  test.each(listRecordings())('is exactly the recorded one: $file', async (facts) => {
    const { length } = encodeRecording(facts.file, { lineEnd: '\r\n', byteOrderMark: true });
    const cuts = Array.from({ length: 40 }, () => Math.floor(Math.random() * length)).sort((one, other) => one - other);
    const reply = replay(facts.file, { lineEnd: '\r\n', byteOrderMark: true }, cuts);
    const { text, completion } = await ask(reply);
    expect(createHash('sha256').update(text).digest('hex'), `cut at ${cuts.join(' ')}`).toBe(facts.text_sha256);
    expect(completion.usage).toMatchObject({
      promptTokens: facts.input_tokens,
      completionTokens: facts.billable_output_tokens,
    });
  });

  test('is read although it was compressed against our wish', async () => {
    const compressed = gzipSync(encodeRecording('mistral-text.chunks.txt'));
    const headers = { 'Content-Type': 'text/event-stream', 'Content-Encoding': 'gzip' };
    expect((await ask(raw(200, headers, compressed))).text).toBe('Hello, world! This is a test response.');
    const { error } = await askAndFail(raw(200, { ...headers, 'Content-Encoding': 'zstd' }, compressed));
    expect(error.kind).toBe('malformed');
    expect((await askAndFail(raw(200, headers, 'not compressed'))).error.kind).toBe('network');
  });

  test('that was cut by its limit says so', async () => {
    expect((await ask(answer({ finishReason: 'length' }))).completion.finishReason).toBe('length');
  });

  test.each(['content_filter', 'eos', 'tool_calls'])('that ended with %s has ended', async (finishReason) => {
    expect((await ask(answer({ finishReason }))).completion.finishReason).toBe('stop');
  });

  test('may come as one JSON object', async () => {
    const body = {
      model: 'm',
      choices: [{ message: { content: 'Whole' }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 1, completion_tokens: 2 },
    };
    const { text, completion } = await ask(
      raw(200, { 'Content-Type': 'application/json; charset=utf-8' }, JSON.stringify(body)),
    );
    expect(text).toBe('Whole');
    expect(completion.usage).toMatchObject({ promptTokens: 1, completionTokens: 2 });
  });

  test.each(['no-done', 'no-usage'] as const)('is whole with %s', async (fault) => {
    const { text, completion } = await ask(FAULTS[fault]);
    expect(text).toBe('One two three four five six.');
    expect(completion.finishReason).toBe('stop');
    expect(completion.usage === null).toBe(fault === 'no-usage');
  });

  test('that is whole does not wait long for its usage', async () => {
    const { text } = await ask(FAULTS['stall-after-finish'], { timeouts: { ...PATIENT, betweenTokensMs: 50 } });
    expect(text).toBe('One two');
    await fake.requests[0]?.closed;
    expect(fake.requests[0]?.replied).toBe(false);
  });

  test('is not held up by reasoning that goes on longer than a limit', async () => {
    const thinking = { choices: [{ index: 0, delta: { reasoning_content: 'hm' } }] };
    const slowThought: Reply = async ({ response, wait }) => {
      response.writeHead(200, { 'Content-Type': 'text/event-stream' });
      for (let count = 0; count < 8; count += 1) {
        response.write(`data: ${JSON.stringify(thinking)}\n\n`);
        await wait(50);
      }
      response.end('data: {"choices":[{"index":0,"delta":{"content":"Yes"},"finish_reason":"stop"}]}\n\n');
    };
    const { text } = await ask(slowThought, { timeouts: { ...PATIENT, firstTokenMs: 300, betweenTokensMs: 300 } });
    expect(text).toBe('Yes');
  });
});

describe('a bad upstream', () => {
  test.each([
    ['html', 'malformed', '', 'openai answered with something that is no chat completion.'],
    ['json', 'malformed', '', 'openai sent JSON that is no chat completion.'],
    ['redirect', 'http', '', 'openai answered with a redirect (307), which is not followed.'],
    ['broken-json', 'malformed', 'One two', 'openai sent an event that is not a JSON object.'],
    ['error-object', 'reported', 'One two', 'openai reported an error in its answer (502).'],
    ['error-first', 'reported', '', 'openai reported an error in its answer (502).'],
    ['no-finish', 'network', 'One two', 'The connection to openai broke before the answer was whole.'],
    [
      'no-finish-but-done',
      'malformed',
      'One two three four five six.',
      'openai ended its answer without saying that it is whole.',
    ],
    ['no-text', 'malformed', '', 'openai ended without an answer.'],
    ['cut', 'network', 'One two', 'The connection to openai broke before the answer was whole (ECONNRESET).'],
    ['reset', 'network', 'One two', 'The connection to openai broke before the answer was whole (ECONNRESET).'],
    ['reset-at-once', 'network', '', 'The connection to openai failed (ECONNRESET).'],
    ['rate-limited', 'http', '', 'openai answered with HTTP status 429.'],
    ['server-error', 'http', '', 'openai answered with HTTP status 500.'],
    ['unauthorized', 'http', '', 'openai answered with HTTP status 401.'],
  ] as const)('that sends %s ends in a typed error', async (fault, kind, text, message) => {
    const failure = await askAndFail(FAULTS[fault]);
    expect(failure).toMatchObject({ text, error: { kind, message } });
  });

  test.each(['gzip-bomb', 'huge-line', 'endless-answer'] as const)('cannot fill the memory: %s', async (fault) => {
    const before = process.memoryUsage().rss;
    const { error } = await askAndFail(FAULTS[fault]);
    expect(error.kind).toBe('malformed');
    expect(process.memoryUsage().rss - before).toBeLessThan(64 * 1024 * 1024);
  });

  test.each([
    [408, true],
    [429, true],
    [500, true],
    [503, true],
    [400, false],
    [401, false],
    [403, false],
    [404, false],
    [422, false],
  ])('that answers %i may be asked again: %s', async (status, retryable) => {
    expect((await askAndFail(httpError(status))).error).toMatchObject({ kind: 'http', status, retryable });
  });

  test('that sends an endless error is not read to its end', async () => {
    const endless: Reply = async ({ response, wait }) => {
      response.writeHead(500, { 'Content-Type': 'text/html' });
      while (await wait(1)) response.write('<p>secret</p>');
    };
    expect((await askAndFail(endless)).error).toMatchObject({ kind: 'http', status: 500 });
    await fake.requests[0]?.closed;
    expect(fake.requests[0]?.replied).toBe(false);
  });

  test('says how long to wait', async () => {
    expect((await askAndFail(httpError(503, { 'Retry-After': '7' }))).error.retryAfterMs).toBe(7000);
  });

  test('may be asked again after a break only while it has said nothing', async () => {
    expect((await askAndFail(FAULTS['reset-at-once'])).error.retryable).toBe(true);
    expect((await askAndFail(FAULTS['error-first'])).error.retryable).toBe(true);
    expect((await askAndFail(FAULTS.reset)).error.retryable).toBe(false);
    expect((await askAndFail(FAULTS['error-object'])).error.retryable).toBe(false);
  });

  test('that reported usage before it broke is billed for it', async () => {
    const chunk = {
      model: 'm',
      choices: [{ index: 0, delta: { content: 'Hi' } }],
      usage: { prompt_tokens: 3, completion_tokens: 1 },
    };
    const { error } = await askAndFail(stream([chunk]));
    expect(error).toMatchObject({ modelAnswered: 'm', usage: { promptTokens: 3, completionTokens: 1 } });
  });

  test('that is not there is a network error', async () => {
    const { port } = fake;
    await fake.close();
    const provider = createOpenAiCompatible({
      name: 'openai',
      baseUrl: `http://127.0.0.1:${port}/v1`,
      apiKey: KEY,
      timeouts: PATIENT,
    });
    fake = await startFakeProvider();
    const error = await provider
      .complete(REQUEST, () => {}, new AbortController().signal)
      .catch((caught: unknown) => caught);
    expect(error).toMatchObject({
      kind: 'network',
      retryable: true,
      message: 'The connection to openai failed (ECONNREFUSED).',
    });
  });

  test.each(Object.entries(FAULTS).filter(([name]) => !/^no-(done|usage)$|^stall/.test(name)))(
    'never sees its words, the key or the prompt in an error: %s',
    async (_name, fault) => {
      const { error } = await askAndFail(fault);
      const shown = JSON.stringify([error.message, error.stack, error.cause ?? null, Object.entries(error)]);
      expect(shown).not.toMatch(/canary|secret|log in|hello/);
    },
  );
});

describe('every wait is bounded', () => {
  test.each([
    ['first token', FAULTS['stall-headers'], { firstTokenMs: 50 }, ''],
    ['first token', FAULTS['stall-first-token'], { firstTokenMs: 50 }, ''],
    ['between tokens', FAULTS['stall-between-tokens'], { betweenTokensMs: 50 }, 'One'],
    ['total', FAULTS['stall-between-tokens'], { totalMs: 300 }, 'One'],
  ] as const)('by the %s limit, which closes the connection', async (name, reply, limit, text) => {
    const failure = await askAndFail(reply, { timeouts: { ...PATIENT, ...limit } });
    expect(failure.error).toMatchObject({
      kind: 'timeout',
      retryable: false,
      message: `openai did not answer within the ${name} limit of ${Object.values(limit)[0]} ms.`,
    });
    expect(failure.text).toBe(text);
    await fake.requests[0]?.closed;
    expect(fake.requests[0]?.replied).toBe(false);
  });

  test('by the connect limit when the connection never stands', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    const hungUp = new Promise((resolve) => {
      silent.once('connection', (socket) => socket.resume().once('close', resolve));
    });
    // A handshake that is never answered: the connection never stands.
    const provider = createOpenAiCompatible({
      name: 'openai',
      baseUrl: `https://127.0.0.1:${port}`,
      apiKey: KEY,
      timeouts: { ...PATIENT, connectMs: 200 },
    });
    const error = await provider
      .complete(REQUEST, () => {}, new AbortController().signal)
      .catch((caught: unknown) => caught);
    expect(error).toMatchObject({
      kind: 'timeout',
      message: 'openai did not answer within the connect limit of 200 ms.',
    });
    await hungUp;
    silent.close();
  });
});

describe('aborting', () => {
  test('closes the connection and rejects with the given reason', async () => {
    const controller = new AbortController();
    fake.script(() => FAULTS['stall-between-tokens']);
    const provider = createOpenAiCompatible({ name: 'openai', baseUrl: fake.baseUrl, apiKey: KEY, timeouts: PATIENT });
    const call = provider.complete(REQUEST, () => controller.abort('stopped'), controller.signal);
    await expect(call).rejects.toMatchObject({ kind: 'aborted', cause: 'stopped' });
    await fake.requests[0]?.closed;
    expect(fake.requests[0]?.replied).toBe(false);
  });

  test('keeps the usage that had come until then', async () => {
    const usage = (completion_tokens: number) => ({ prompt_tokens: 7, completion_tokens, cost: 0.5 });
    const chunk = (content: string, count: number) => ({
      model: 'm',
      choices: [{ index: 0, delta: { content } }],
      usage: usage(count),
    });
    const controller = new AbortController();
    const perplexity: Reply = async ({ response, wait }) => {
      response.writeHead(200, { 'Content-Type': 'text/event-stream' });
      for (let count = 1; await wait(5); count += 1) response.write(`data: ${JSON.stringify(chunk('a ', count))}\n\n`);
    };
    fake.script(() => perplexity);
    let heard = 0;
    const onText = (): void => {
      heard += 1;
      if (heard === 3) controller.abort('stopped');
    };
    const provider = createOpenAiCompatible({ name: 'openai', baseUrl: fake.baseUrl, apiKey: KEY, timeouts: PATIENT });
    const error = await provider.complete(REQUEST, onText, controller.signal).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ modelAnswered: 'm', usage: { promptTokens: 7, costUsd: '0.5' } });
    expect((error as { usage: { completionTokens: number } }).usage.completionTokens).toBeGreaterThanOrEqual(3);
  });

  test('before the call asks nobody', async () => {
    const provider = createOpenAiCompatible({ name: 'openai', baseUrl: fake.baseUrl, apiKey: KEY, timeouts: PATIENT });
    await expect(provider.complete(REQUEST, () => {}, AbortSignal.abort('stopped'))).rejects.toMatchObject({
      kind: 'aborted',
      cause: 'stopped',
    });
    expect(fake.requests).toHaveLength(0);
  });

  test('leaves nothing on the signal of a caller that lives on', async () => {
    const { signal } = new AbortController();
    const added = vi.spyOn(signal, 'addEventListener');
    const removed = vi.spyOn(signal, 'removeEventListener');
    fake.script(() => answer());
    const provider = createOpenAiCompatible({ name: 'openai', baseUrl: fake.baseUrl, apiKey: KEY, timeouts: PATIENT });
    await provider.complete(REQUEST, () => {}, signal);
    const listenersOf = ({ mock }: typeof added | typeof removed): unknown[] =>
      mock.calls.map(([, listener]) => listener);
    expect(added).toHaveBeenCalled();
    expect(listenersOf(removed)).toEqual(listenersOf(added));
  });
});

test('a reader that throws ends the call and closes the connection', async () => {
  fake.script(() => FAULTS['stall-between-tokens']);
  const provider = createOpenAiCompatible({ name: 'openai', baseUrl: fake.baseUrl, apiKey: KEY, timeouts: PATIENT });
  const failing = (): never => {
    throw new RangeError('reader');
  };
  await expect(provider.complete(REQUEST, failing, new AbortController().signal)).rejects.toThrow(RangeError);
  await fake.requests[0]?.closed;
  expect(fake.requests[0]?.replied).toBe(false);
});

interface Asked {
  text: string;
  pieces: string[];
}

async function ask(
  reply: Reply,
  options: Partial<OpenAiCompatibleOptions> = {},
  asked: Asked = { text: '', pieces: [] },
): Promise<Asked & { completion: ModelCompletion }> {
  fake.script(() => reply);
  const provider = createOpenAiCompatible({
    name: 'openai',
    baseUrl: fake.baseUrl,
    apiKey: KEY,
    timeouts: PATIENT,
    ...options,
  });
  const onText = (piece: string): void => {
    asked.text += piece;
    asked.pieces.push(piece);
  };
  const completion = await provider.complete(REQUEST, onText, new AbortController().signal);
  return { ...asked, completion };
}

async function askAndFail(
  reply: Reply,
  options: Partial<OpenAiCompatibleOptions> = {},
): Promise<Asked & { error: ProviderError }> {
  const asked: Asked = { text: '', pieces: [] };
  const error = await ask(reply, options, asked).then(
    () => null,
    (caught: unknown) => caught,
  );
  expect(error).toBeInstanceOf(ProviderError);
  return { ...asked, error: error as ProviderError };
}
