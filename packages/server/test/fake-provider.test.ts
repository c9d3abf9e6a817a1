import { expect, test } from 'vitest';
import { createOpenAiCompatible } from '../src/providers/openai-compatible.ts';
import { startFakeProvider } from './fake-provider.ts';
import { FAULTS, replyForModel } from './fake-provider-replies.ts';
import { spawnFakeProvider } from './spawn-fake-provider.ts';

const PATIENT = { connectMs: 30_000, firstTokenMs: 30_000, betweenTokensMs: 30_000, totalMs: 30_000 };

function ask(baseUrl: string, model: string): Promise<string> {
  const provider = createOpenAiCompatible({ name: 'openai_compatible', baseUrl, apiKey: null, timeouts: PATIENT });
  const request = {
    model,
    messages: [{ role: 'user' as const, content: 'What is  this?' }],
    temperature: 0,
    maxTokens: 9,
    passages: [],
    topics: [],
  };
  let text = '';
  const onText = (piece: string): void => {
    text += piece;
  };
  return provider.complete(request, onText, new AbortController().signal).then(() => text);
}

test('answers by model name: the question, words, recordings, faults', async () => {
  const fake = await startFakeProvider();
  expect(await ask(fake.baseUrl, 'anything')).toBe('You asked: What is  this?');
  expect(await ask(fake.baseUrl, 'words:count=3,delay=1')).toBe('word0 word1 word2');
  expect(await ask(fake.baseUrl, 'replay:mistral-text.chunks.txt')).toBe('Hello, world! This is a test response.');
  await expect(ask(fake.baseUrl, 'fault:server-error')).rejects.toMatchObject({ status: 500 });
  expect(fake.requests.map(({ model }) => model)).toEqual([
    'anything',
    'words:count=3,delay=1',
    'replay:mistral-text.chunks.txt',
    'fault:server-error',
  ]);
  await fake.close();
});

test('answers a request that asks for no stream with one JSON object', async () => {
  const fake = await startFakeProvider();
  const body = JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'Hi' }] });
  const response = await fetch(`${fake.baseUrl}/chat/completions`, { method: 'POST', body });
  expect(await response.json()).toMatchObject({
    object: 'chat.completion',
    choices: [{ message: { content: 'You asked: Hi' }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 1, completion_tokens: 3, total_tokens: 4 },
  });
  await fake.close();
});

test('names its faults when asked for one it does not have', () => {
  expect(() => replyForModel('fault:nonsense')).toThrow(Object.keys(FAULTS).join(', '));
});

test('runs as a process of its own', async () => {
  const fake = await spawnFakeProvider();
  expect(await ask(fake.baseUrl, 'words:count=2')).toBe('word0 word1');
  expect(await fake.readRequests()).toMatchObject([{ model: 'words:count=2', path: '/v1/chat/completions' }]);
  await fake.close();
}, 30_000);
