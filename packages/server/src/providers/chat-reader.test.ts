import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { encodeRecording, listRecordings } from '../../test/fake-provider-recordings.ts';
import type { RecordingFacts, WireStyle } from '../../test/fake-provider-recordings.ts';
import { createEventReader } from './chat-reader.ts';
import { createChatReply } from './chat-reply.ts';
import type { ChatReply } from './chat-reply.ts';

const STYLES: [string, WireStyle][] = [
  ['as recorded', {}],
  ['with CRLF', { lineEnd: '\r\n' }],
  ['with CR', { lineEnd: '\r' }],
  ['with a byte order mark', { byteOrderMark: true }],
  ['with comments', { comments: true }],
  ['with several data lines', { manyDataLines: true }],
  ['without a last newline', { openEnd: true }],
  ['without [DONE]', { done: false }],
  ['with all of it', { lineEnd: '\r\n', byteOrderMark: true, comments: true, manyDataLines: true, openEnd: true }],
];
const LARGE_BYTES = 10_000;
const RANDOM_CUTS = 20;

describe.each(listRecordings())('the recorded stream $file', (facts) => {
  test.each(STYLES)('gives its text and tokens %s, cut anywhere', (_name, style) => {
    const bytes = encodeRecording(facts.file, style);
    for (const cut of chooseCuts(bytes.length))
      expectFacts(read([bytes.subarray(0, cut), bytes.subarray(cut)]), facts, `cut at ${cut}`);
  });

  test('gives its text and tokens one byte at a time', () => {
    const bytes = encodeRecording(facts.file, { lineEnd: '\r\n', byteOrderMark: true });
    expectFacts(read(Array.from(bytes, (byte) => Uint8Array.of(byte))), facts);
  });
});

test('keeps an emoji whole that the provider and the network cut', () => {
  const { text } = read([
    Buffer.from('data: {"choices":[{"delta":{"content":"a\\ud83d"}}]}\n\n'),
    ...bytesOf(delta('\\ude00é😀')),
  ]);
  expect(text).toBe('a😀é😀');
});

test('never gives half an emoji, however the pieces arrive', () => {
  const reply = createChatReply();
  const reader = createEventReader(reply);
  reader.feed(Buffer.from(delta('a\\ud83d')));
  expect(reply.takeText(false)).toBe('a');
  reader.feed(Buffer.from(delta('\\ude00')));
  expect(reply.takeText(false)).toBe('😀');
});

test('makes text storable: no NUL, no lone surrogate', () => {
  expect(read([Buffer.from(delta('a\\u0000b\\udc00c\\ud83d'))]).text).toBe('ab\u{fffd}c\u{fffd}');
});

test('uses the last usage, as Perplexity counts up on every chunk', () => {
  const chunks = [3, 7, 12].map(
    (count) => `data: {"choices":[],"usage":{"prompt_tokens":2,"completion_tokens":${count}}}\n\n`,
  );
  expect(read([Buffer.from(chunks.join(''))]).reply.usage).toMatchObject({ promptTokens: 2, completionTokens: 12 });
});

test('keeps the last usage that could be read', () => {
  const chunks = ['{"prompt_tokens":2,"completion_tokens":3}', 'null', '{"prompt_tokens":-1}'].map(
    (usage) => `data: {"choices":[],"usage":${usage}}\n\n`,
  );
  expect(read([Buffer.from(chunks.join(''))]).reply.usage).toMatchObject({ promptTokens: 2, completionTokens: 3 });
});

test('ignores empty events, pings, unknown fields and what follows [DONE]', () => {
  const stream = `data:\n\nevent: ping\ndata: {"type":"ping"}\n\nfoo: bar\nretry: x\n\n${delta('Hi')}data: [DONE]\n\n${delta('more')}`;
  const { text, reply, done } = read([Buffer.from(stream)]);
  expect({ text, fault: reply.fault, done }).toEqual({ text: 'Hi', fault: null, done: true });
});

test('takes an event named error for an error, whatever is in it', () => {
  expect(read([Buffer.from('event: error\ndata: {"message":"secret"}\n\n')]).reply.fault).toMatchObject({
    kind: 'reported',
  });
});

test('gives the text that came before a fault in the same piece', () => {
  const { text, reply } = read([Buffer.from(`${delta('kept')}data: {oops\n\n${delta('not read')}`)]);
  expect({ text, fault: reply.fault?.kind }).toEqual({ text: 'kept', fault: 'malformed' });
});

test('takes a broken last event for a cut line', () => {
  const { text, reply } = read([Buffer.from(`${delta('kept')}data: {"choices":[{"del`)]);
  expect({ text, fault: reply.fault, finished: reply.finished }).toEqual({
    text: 'kept',
    fault: null,
    finished: false,
  });
});

test.each([
  ['one event', `data: ${'x'.repeat(1_100_000)}`],
  ['data lines of one event', 'data: xxxxxxxxx\n'.repeat(120_000)],
  ['the answer', delta('x'.repeat(1000)).repeat(1100)],
  ['the whole body', ': comment\n'.repeat(6_800_000)],
])('bounds %s', (_name, text) => {
  const { reply } = read(piecesOf(Buffer.from(text)));
  expect(reply.fault?.kind).toBe('malformed');
});

function read(pieces: Iterable<Uint8Array>): { text: string; reply: ChatReply; done: boolean } {
  const reply = createChatReply();
  const reader = createEventReader(reply);
  let text = '';
  for (const piece of pieces) {
    reader.feed(piece);
    text += reply.takeText(false);
    if (reply.fault) return { text, reply, done: reader.done };
  }
  reader.end();
  text += reply.takeText(true);
  return { text, reply, done: reader.done };
}

function expectFacts({ text, reply }: ReturnType<typeof read>, facts: RecordingFacts, how?: string): void {
  const found = {
    fault: reply.fault,
    length: text.length,
    sha256: createHash('sha256').update(text).digest('hex'),
    finishReason: reply.toCompletion().finishReason,
    model: reply.modelAnswered,
    usage: reply.usage,
  };
  expect(found, how).toMatchObject({
    fault: null,
    length: facts.text_len,
    sha256: facts.text_sha256,
    finishReason: facts.finish_reason,
    model: facts.model,
    usage: {
      promptTokens: facts.input_tokens,
      cachedPromptTokens: facts.cached_input_tokens,
      completionTokens: facts.billable_output_tokens,
      reasoningTokens: facts.reasoning_tokens,
    },
  });
}

/** Every position of a small stream, random ones of a large one. */
function chooseCuts(length: number): number[] {
  return length <= LARGE_BYTES
    ? Array.from({ length }, (_, position) => position)
    : Array.from({ length: RANDOM_CUTS }, () => Math.floor(Math.random() * length));
}

function delta(jsonText: string): string {
  return `data: {"choices":[{"index":0,"delta":{"content":"${jsonText}"}}]}\n\n`;
}

function bytesOf(text: string): Uint8Array[] {
  return Array.from(Buffer.from(text), (byte) => Uint8Array.of(byte));
}

function piecesOf(bytes: Buffer): Uint8Array[] {
  const size = 65_536;
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  );
}
