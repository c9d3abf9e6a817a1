import { expect, test } from 'vitest';
import { createSentenceReader } from './sentence-reader.ts';

test('a growing text is spoken sentence by sentence, each once, the rest at the end', () => {
  const text = 'Orders ship in **2.5** days. See [the list](https://example.com)!\n- Next\nAnd no end';
  const reader = createSentenceReader();
  const spoken: string[] = [];
  for (let length = 1; length <= text.length; length++) spoken.push(...reader.take(text.slice(0, length), false));
  expect(spoken).toEqual(['Orders ship in 2.5 days.', 'See the list!', 'Next']);
  expect(reader.take(text, true)).toEqual(['And no end']);
  expect(reader.take(text, true)).toEqual([]);
});
