import { expect, test } from 'vitest';
import { lexBlocks } from './lex-blocks.ts';
import { findBoundary } from './split-blocks.ts';

test.each([
  // A blank line ends most blocks, whatever follows.
  ['paragraph\n\n', ''],
  ['> quote\n\n', ''],
  ['| a |\n|---|\n| b |\n\n', ''],
  ['paragraph\n\n', '    '],
  // Without one, more may follow.
  ['', 'paragraph\n'],
  ['', 'paragraph\n- item\n'],
  ['', '> quote\n'],
  ['', '| a |\n|---|\n'],
  // These end by themselves, once something stands below.
  ['# heading\n', 'text'],
  ['***\n', 'text'],
  ['```\n\ncode\n\n```\n', 'text'],
  ['', '# heading'],
  ['', '```\n\ncode\n\n'],
  // These go on behind a blank line, until a line is clearly not theirs.
  ['', '- item\n\n'],
  ['', '- item\n\n '],
  ['', '- item\n\n-'],
  ['', '1. item\n\n1234'],
  ['', '- item\n\n  more\n'],
  ['- item\n\n', 'text'],
  ['- item\n\n', ' text\n'],
  ['- item\n\n', '1. other\n'],
  ['', '    code\n\n'],
  ['', '    code\n\n '],
  ['    code\n\n', 'text'],
  ['', '<pre>\n\n'],
  ['', '<!-- a\n\nb\n\n'],
  // The last of several boundaries counts.
  ['# heading\ntext\n\n- item\n\n', 'text'],
])('%j is finished, %j is not', (finished, open) => {
  const source = finished + open;
  const { tokens } = lexBlocks(source, {});
  expect(source.slice(0, findBoundary(tokens, source).length)).toBe(finished);
});
