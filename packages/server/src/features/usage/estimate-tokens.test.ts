import { expect, test } from 'vitest';
import { encodeRecording } from '../../../test/fake-provider-recordings.ts';
import { createEventReader } from '../../providers/chat-reader.ts';
import { createChatReply } from '../../providers/chat-reply.ts';
import { estimatePromptTokens, estimateTokens } from './estimate-tokens.ts';

test.each([
  ['', 0],
  ['a', 1],
  ['word', 1],
  ['words', 2],
  ['The quick brown fox jumps over the lazy dog.', 11],
  ['你好，世界', 5],
  ['こんにちは', 5],
  ['안녕', 2],
  ['Привет, мир', 5],
  ['😀😀', 2],
  ['é'.normalize('NFD').repeat(4), 3],
])('counts %j', (text, tokens) => {
  expect(estimateTokens(text)).toBe(tokens);
});

test('is within half of what the provider counted for a recorded answer', () => {
  const reply = createChatReply();
  createEventReader(reply).feed(encodeRecording('openai-text.chunks.txt'));
  const estimated = estimateTokens(reply.takeText(true));
  const counted = 300;
  expect(reply.usage).toMatchObject({ completionTokens: counted });
  expect(estimated).toBeGreaterThan(counted * 0.5);
  expect(estimated).toBeLessThan(counted * 1.5);
});

test('counts every message of a prompt with its frame', () => {
  expect(estimatePromptTokens([{ content: 'word' }, { content: 'words' }])).toBe(1 + 2 + 2 * 4);
});
