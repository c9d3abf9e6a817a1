import * as fc from 'fast-check';
import type { Token } from 'marked';
import { expect, test, vi } from 'vitest';
import commonmark from '../../../fixtures/corpora/commonmark/commonmark.0.31.2.json' with { type: 'json' };
import gfm from '../../../fixtures/corpora/gfm/gfm.0.29.json' with { type: 'json' };
import { createBlockReader } from './read-blocks.ts';

// Many cases in one test: on a busy machine they may take longer than the usual limit.
vi.setConfig({ testTimeout: 60_000 });

const examples = [...commonmark, ...gfm].map((example) => example.markdown);

test.each(examples)('reads %j in single characters as it reads it whole', (markdown) => {
  expect(comparable(readInPieces(markdown.split('')))).toEqual(comparable(readWhole(markdown)));
});

test('reads any mix of examples, cut anywhere, as it reads the whole', () => {
  const part = fc.tuple(fc.constantFrom(...examples), fc.constantFrom('', '\n', '\n\n', '\r\n\r\n'));
  const document = fc.array(part, { maxLength: 6 }).map((parts) => parts.flat().join(''));
  const sizes = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(document, sizes, (markdown, pieceSizes) => {
      const inPieces = readInPieces(cut(markdown, pieceSizes));
      expect(comparable(inPieces)).toEqual(comparable(readWhole(markdown)));
    }),
    { numRuns: 500 },
  );
});

test('reads any soup of marks, cut anywhere, as it reads the whole', () => {
  const scraps = [
    'a',
    ' ',
    '  ',
    '    ',
    '\n',
    '\n\n',
    '\t',
    '- ',
    '1. ',
    '> ',
    '# ',
    '```',
    '---',
    '===',
    '|',
    '|-|',
    '*',
    '**',
    '_',
  ];
  const more = [
    '`',
    '~~',
    '[',
    ']',
    '(',
    ')',
    '!',
    '](',
    ']: ',
    '"',
    '<',
    '>',
    '<div>',
    '<!--',
    '-->',
    '<pre>',
    '</pre>',
    '\\',
    '&amp;',
  ];
  const document = fc.array(fc.constantFrom(...scraps, ...more), { maxLength: 60 }).map((parts) => parts.join(''));
  const sizes = fc.array(fc.integer({ min: 1, max: 8 }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(document, sizes, (markdown, pieceSizes) => {
      const inPieces = readInPieces(cut(markdown, pieceSizes));
      expect(comparable(inPieces)).toEqual(comparable(readWhole(markdown)));
    }),
    { numRuns: 500 },
  );
});

test('a finished block is the same object from then on', () => {
  const blocks = [
    '# Title\n',
    'A *word*.\n\n',
    '- a\n\n  b\n- c\n\n',
    '```js\n\ncode\n```\n',
    '| a |\n|---|\n| b |\n\n',
    'End',
  ];
  const reader = createBlockReader();
  const finished: Token[] = [];
  let text = '';
  for (const [index, block] of blocks.entries()) {
    for (const character of block) {
      text += character;
      const tokens = reader.read(text, true).flat();
      expect(tokens.slice(0, finished.length).map((token, at) => token === finished[at])).not.toContain(false);
      // Once the next block shows, the one before it is over.
      if (tokens.length > index && finished.length < index) finished.push(...tokens.slice(index - 1, index));
    }
  }
  expect(finished).toHaveLength(blocks.length - 1);
});

test('a full group of finished blocks is the same array from then on', () => {
  const reader = createBlockReader();
  const before = reader.read('Paragraph.\n\n'.repeat(40), true);
  const after = reader.read('Paragraph.\n\n'.repeat(90), true);
  expect(after[0]).toBe(before[0]);
  expect(after.flat()).toHaveLength(90);
});

test('a definition that arrives last turns brackets before it into links, and leaves other blocks alone', () => {
  const reader = createBlockReader();
  const streamed = reader.read('Plain.\n\nSee [docs].\n\n[docs]: https://docs.example\n', true).flat();
  const [plain, see] = reader.read('Plain.\n\nSee [docs].\n\n[docs]: https://docs.example\n', false).flat();
  expect(plain).toBe(streamed[0]);
  expect(see).toHaveProperty('tokens.1', expect.objectContaining({ type: 'link', href: 'https://docs.example' }));
});

test('a definition that has arrived is known to the blocks after it', () => {
  const reader = createBlockReader();
  reader.read('[docs]: https://docs.example\n\nText.\n\n', true);
  const last = reader.read('[docs]: https://docs.example\n\nText.\n\nSee [docs] no', true).flat().at(-1);
  expect(last).toHaveProperty('tokens.1', expect.objectContaining({ type: 'link', href: 'https://docs.example' }));
});

test('a definition that arrives in an open list is known to the items before it', () => {
  const reader = createBlockReader();
  reader.read('- see [docs]\n- more', true);
  const [list] = reader.read('- see [docs]\n- more\n\n  [docs]: https://docs.example\n\n  text', true).flat();
  expect(list).toHaveProperty('items.0.tokens.0.tokens.1.type', 'link');
});

test('a name every object has is no definition', () => {
  const [paragraph] = readWhole('[constructor] and [toString]');
  expect(paragraph).toHaveProperty('tokens', [expect.objectContaining({ type: 'text' })]);
});

test('another text starts afresh', () => {
  const reader = createBlockReader();
  reader.read('# One\n\ntwo', true);
  expect(comparable(reader.read('Three', false).flat())).toEqual(comparable(readWhole('Three')));
  expect(comparable(reader.read('Three and more', false).flat())).toEqual(comparable(readWhole('Three and more')));
});

function readWhole(markdown: string): Token[] {
  return createBlockReader().read(markdown, false).flat();
}

function readInPieces(pieces: readonly string[]): Token[] {
  const reader = createBlockReader();
  let text = '';
  for (const piece of pieces) {
    text += piece;
    reader.read(text, true);
  }
  return reader.read(text, false).flat();
}

/** Pieces of the given sizes, over and over. */
function cut(text: string, sizes: readonly number[]): string[] {
  const pieces: string[] = [];
  let start = 0;
  while (start < text.length) {
    const size = sizes[pieces.length % sizes.length] ?? 1;
    pieces.push(text.slice(start, start + size));
    start += size;
  }
  return pieces;
}

/** Everything a block shows; line breaks behind a block may count to it or not. */
function comparable(tokens: readonly Token[]): unknown {
  return JSON.parse(
    JSON.stringify(tokens, (key, value: unknown) =>
      key === 'raw' && typeof value === 'string' ? value.trimEnd() : value,
    ),
  );
}
