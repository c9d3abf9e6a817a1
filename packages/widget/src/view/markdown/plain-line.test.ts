import * as fc from 'fast-check';
import type { Token } from 'marked';
import { expect, test } from 'vitest';
import { readPlainLine } from './plain-line.ts';
import { createBlockReader } from './read-blocks.ts';

test.each([
  'Hello! How can I help?',
  'Returns: 30 days (or 60), 5 % off; “really”?',
  'A - b, c + d = e | f # g',
  'שלום',
])('%j is read without the reader', (line) => {
  expect(readPlainLine(line)).toBeDefined();
});

test.each(['', 'a *b*', '1. a', '# a', 'two\nlines', 'https://a.example', 'www.a.example', 'a@b.example', 'a ', '<b>'])(
  '%j needs the reader',
  (text) => {
    expect(readPlainLine(text)).toBeUndefined();
  },
);

test('whatever it reads, it reads as the reader does', () => {
  const scraps = [
    'a',
    'B',
    ' ',
    '  ',
    '.',
    '1',
    '-',
    '+',
    '#',
    '=',
    '|',
    '!',
    '(',
    ')',
    ':',
    '/',
    '"',
    'http',
    'é',
    '\t',
  ];
  const line = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.array(fc.constantFrom(...scraps)).map((all) => all.join('')),
  );
  fc.assert(
    fc.property(line, (text) => {
      const plain = readPlainLine(text);
      if (plain) expect(shown(plain)).toEqual(shown(createBlockReader().read(text, false)));
    }),
    { numRuns: 3000 },
  );
});

function shown(groups: readonly (readonly Token[])[]): unknown {
  return groups
    .flat()
    .map((token) => [token.type, 'tokens' in token && token.tokens?.map(({ type, raw }) => [type, raw])]);
}
