import { expect, test } from 'vitest';
import { parseChatChunk } from './parse-chat-chunk.ts';

function parseDelta(delta: unknown): ReturnType<typeof parseChatChunk> {
  return parseChatChunk(JSON.stringify({ choices: [{ index: 0, delta }] }), 'delta');
}

test.each([
  ['a string', 'Hi', 'Hi'],
  ['parts', [{ type: 'text', text: 'H' }, { type: 'thinking', thinking: [{ type: 'text', text: 'no' }] }, 'i'], 'Hi'],
  ['null', null, ''],
  ['a number', 5, ''],
])('reads content that is %s', (_name, content, expected) => {
  expect(parseDelta({ content }).text).toBe(expected);
});

test.each([['reasoning_content'], ['reasoning']])('never takes %s for answer text', (key) => {
  expect(parseDelta({ [key]: 'thinking', content: null })).toMatchObject({ text: '', hasReasoning: true });
});

test.each([
  ['on the chunk', { choices: [], usage: { prompt_tokens: 1, completion_tokens: 2 } }],
  [
    'under x_groq beside one that says nothing',
    { usage: {}, x_groq: { usage: { prompt_tokens: 1, completion_tokens: 2 } } },
  ],
  ['under x_groq', { choices: [], x_groq: { usage: { prompt_tokens: 1, completion_tokens: 2 } } }],
  ['on the choice', { choices: [{ usage: { prompt_tokens: 1, completion_tokens: 2 } }], usage: null }],
])('finds usage %s', (_name, chunk) => {
  expect(parseChatChunk(JSON.stringify(chunk), 'delta').usage).toMatchObject({ promptTokens: 1, completionTokens: 2 });
});

test('reads the first choice by index and leaves the others', () => {
  const choices = [
    { index: 1, delta: { content: 'other' } },
    { index: 0, delta: { content: 'mine' }, message: { content: 'repeated whole' } },
  ];
  expect(parseChatChunk(JSON.stringify({ choices }), 'delta').text).toBe('mine');
});

test.each([
  [{ error: { code: 429, message: 'secret' } }, 429],
  [{ error: 'secret' }, null],
  [{ choices: [{ index: 0, delta: {}, finish_reason: 'error', error: { code: 502 } }] }, 502],
])('keeps of an error only its status: %j', (chunk, status) => {
  const { fault } = parseChatChunk(JSON.stringify(chunk), 'delta');
  expect(fault).toEqual({ status });
});

test.each([['{"choices": ['], ['5'], ['null'], ['[]'], ['"text"']])('refuses %s', (json) => {
  expect(() => parseChatChunk(json, 'delta')).toThrow(SyntaxError);
});
