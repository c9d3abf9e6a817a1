import { describe, expect, it } from 'vitest';
import { joinBlocks, readBlocks } from './read-blocks.ts';

const kindsOf = (markdown: string) => readBlocks(markdown).map((block) => block.kind);

describe('readBlocks', () => {
  it('tells the kinds of block apart', () => {
    const markdown = '# H\ntext\n\n> quote\n\n| a |\n|---|\n\n- one\n2. two\n\n```\ncode\n```\n---\n';
    expect(kindsOf(markdown)).toEqual(['heading', 'paragraph', 'quote', 'table', 'list-item', 'list-item', 'code']);
  });

  it.each([
    ['lazy continuation lines', '- one\nstill one\n- two', 2],
    ['paragraphs and code indented under it', '- one\n\n  more\n\n  ```\n\n- not an item\n  ```\n- two', 2],
    ['nested items', '1. one\n   - inner\n   - inner\n2. two', 2],
    ['an outer paragraph', '- one\n\nnot in the list', 2],
  ])('gives a list item %s', (_, markdown, count) => {
    expect(readBlocks(markdown)).toHaveLength(count);
  });

  it('takes a number inside a paragraph for text', () => {
    expect(kindsOf('Founded in\n2009. It grew.')).toEqual(['paragraph']);
  });

  it('ends a fence only with as many of the same marks', () => {
    expect(readBlocks('````\n```\n~~~~\n````\nafter').map((block) => block.text)).toEqual([
      '````\n```\n~~~~\n````',
      'after',
    ]);
  });

  it('takes inline code of three marks for a paragraph', () => {
    expect(kindsOf('```not a fence```\n\nafter')).toEqual(['paragraph', 'paragraph']);
  });

  it('leaves out comments, and keeps one that never ends as text', () => {
    expect(readBlocks('<!-- a\n# b -->\ntext').map((block) => block.text)).toEqual(['text']);
    expect(kindsOf('<!-- a\n\n# b')).toEqual(['paragraph', 'heading']);
  });

  it('joins blocks as they were written', () => {
    const markdown = 'Steps:\n1. one\n2. two\n\n   more\n\nEnd.';
    expect(joinBlocks(readBlocks(markdown))).toBe(markdown);
  });
});
