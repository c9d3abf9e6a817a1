// @vitest-environment happy-dom
import { expect, test, vi } from 'vitest';
import { createAnswer, drawWhole } from './render-for-test.tsx';

// Many cases in one test: on a busy machine they may take longer than the usual limit.
vi.setConfig({ testTimeout: 60_000 });

const nestedList = Array.from({ length: 300 }, (_, depth) => `${'  '.repeat(depth)}- a`).join('\n');

test.each<[string, string]>([
  ['10,000 nested quotes', '>'.repeat(10_000)],
  ['10,000 nested quotes with spaces', `${'> '.repeat(10_000)}x`],
  ['50,000 open brackets', '['.repeat(50_000)],
  ['9,000 closed brackets', `${'['.repeat(4500)}a${']'.repeat(4500)}`],
  ['open images', '!['.repeat(4500)],
  ['half links', '[a](b'.repeat(2000)],
  ['open emphasis', '*a **a '.repeat(1400)],
  ['nested emphasis', `${'*a **b '.repeat(700)}x${'b** a*'.repeat(700)}`],
  ['300 nested lists', nestedList],
  ['9,000 lists on one line', `${'- '.repeat(9000)}a`],
  ['open tags', '<a b="'.repeat(1600)],
  ['open comments', 'a <!-- '.repeat(1400)],
  ['backtick runs', Array.from({ length: 130 }, (_, length) => `${'`'.repeat(length + 1)}a`).join(' ')],
  ['a long word', 'a'.repeat(1_000_000)],
  ['a megabyte of lines', 'some words here\n'.repeat(62_500)],
  ['a megabyte of blank lines', `${'\n'.repeat(1_000_000)}end`],
  ['a megabyte of hashes', '#'.repeat(1_000_000)],
  ['an open definition title', `[a]: b "${'c\n'.repeat(30_000)}`],
])('draws %s, nesting no deeper than its bounds', (_, markdown) => {
  const root = drawWhole(markdown);
  expect(withoutSpace(root.textContent).length).toBeGreaterThan(0);
  expect(depthOf(root)).toBeLessThan(100);
  root.remove();
});

test.each<[string, string]>([
  ['quotes', '>'.repeat(2000)],
  ['brackets', '['.repeat(2000)],
  ['emphasis', '*a **a '.repeat(300)],
  ['images', '![a]('.repeat(400)],
  ['backticks', Array.from({ length: 60 }, (_, length) => `${'`'.repeat(length + 1)}a`).join(' ')],
])('draws %s that arrive in pieces', (_, markdown) => {
  const answer = createAnswer();
  for (let end = 0; end < markdown.length; end += 100) void answer.draw(markdown.slice(0, end), true);
  void answer.draw(markdown, false);
  const whole = drawWhole(markdown);
  expect(answer.root.innerHTML).toBe(whole.innerHTML);
});

test('what lies beyond the bounds is still there as plain text', () => {
  expect(drawWhole(`${'> '.repeat(50)}deep`).textContent).toMatch(/^(> )+deep$/);
  expect(drawWhole(`**bold** ${'word '.repeat(4000)}`).textContent).toContain('**bold** word');
});

test('a table whose short rows would be filled up to millions of cells stays text', () => {
  const root = drawWhole(`${'|a'.repeat(900)}|\n${'|-'.repeat(900)}|\n${'|b\n'.repeat(2000)}`);
  expect(root.querySelector('td')).toBeNull();
});

test('beyond 50,000 characters an answer goes on as plain text, with nothing lost, also while it streams', () => {
  const paragraph = 'Some **words** and 😀 more.\n\n';
  const markdown = paragraph.repeat(4000);
  const answer = createAnswer();
  for (const length of [25_000, 49_999, 50_001, 75_001, markdown.length]) {
    void answer.draw(markdown.slice(0, length), true);
  }
  void answer.draw(markdown, false);
  const bold = answer.root.querySelectorAll('strong').length;
  expect(bold).toBeGreaterThan(1500);
  expect(answer.root.textContent.split('words').length - 1).toBe(4000);
  expect(answer.root.innerHTML).toBe(drawWhole(markdown).innerHTML);
});

function withoutSpace(text: string | null): string {
  return (text ?? '').replaceAll(/\s/g, '');
}

function depthOf(element: Element): number {
  let deepest = 0;
  let level: Element[] = [element];
  while (level.length > 0) {
    deepest++;
    level = level.flatMap((parent) => Array.from(parent.children));
  }
  return deepest;
}
