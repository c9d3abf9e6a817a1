import { expect, test } from 'vitest';
import { lexBlocks } from './lex-blocks.ts';
import { mendOpenBlock, mendOpenCode } from './mend-open-block.ts';
import { findOpenLeaf } from './open-leaf.ts';

test.each([
  // A line of marks could become anything.
  ['text\n-', 'text\n'],
  ['text\n---', 'text\n'],
  ['text\n=', 'text\n'],
  ['text\n\n#', 'text\n\n'],
  ['text\n\n**', 'text\n\n'],
  ['text\n\n1', 'text\n\n'],
  ['text\n\n12.', 'text\n\n'],
  ['- one\n- ', '- one\n'],
  ['- one\n- [', '- one\n'],
  ['- one\n- [x] ', '- one\n'],
  ['> quote\n> ', '> quote\n'],
  ['text\n\n``', 'text\n\n'],
  ['text\n\n```j', 'text\n\n'],
  ['- item\n\n  ```j', '- item\n\n'],
  // A definition that an image may already refer to.
  ['![a][b]\n\n[b]: https://img.exam', '![a][b]\n\n'],
  ['![a][b]\n\n[b]:\n  https://img.exam', '![a][b]\n\n'],
  // The head of a table.
  ['text\n\n|', 'text\n\n'],
  ['text\n\n| a | b', 'text\n\n'],
  ['text\n\n| a | b |\n', 'text\n\n'],
  ['text\n\n| a | b |\n|', 'text\n\n| a | b |\n| --- | --- |'],
  ['text\n\n| a \\| c | b |\n|--', 'text\n\n| a \\| c | b |\n| --- | --- |'],
  ['> | a | b |\n> |-', '> | a | b |\n> | --- | --- |'],
  ['| a | b |\n|---|---|\n|', '| a | b |\n|---|---|\n'],
  // What is clear stays as it is.
  ['| a | b |\n|---|---|', '| a | b |\n|---|---|'],
  ['| a | b |\n|---|---|\n| 1', '| a | b |\n|---|---|\n| 1'],
  ['text\n- item', 'text\n- item'],
  ['text\n---\n', 'text\n---\n'],
  ['```js\n- ', '```js\n- '],
  ['```\n| a |', '```\n| a |'],
  ['plain text', 'plain text'],
])('shows %j as %j', (source, shown) => {
  const leaf = findOpenLeaf(lexBlocks(source, {}).tokens);
  expect(mendOpenBlock(source, leaf)).toBe(shown);
});

test('half a closing fence is not part of the code', () => {
  expect(mendOpenCode('a = 1\n``')).toBe('a = 1');
  expect(mendOpenCode('a = `b`')).toBe('a = `b`');
});
