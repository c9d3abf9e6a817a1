import { expect, test, vi } from 'vitest';
import { CodeLines } from './code-lines.ts';
import { findHighlighter } from './highlight-code.ts';

test('code is read line by line, and joins to itself', () => {
  const code = 'const a = 1;\n\n  b();\nlast';
  expect(joined(new CodeLines(undefined), code)).toBe(code);
  expect(joined(new CodeLines(findHighlighter('ts')), code)).toBe(code);
});

test('a line is read once when it is over, however the code arrives', () => {
  const highlight = vi.fn((line: string) => ({ pieces: [line], open: undefined }));
  const lines = new CodeLines(highlight);
  const code = 'first line\nsecond line\nthird';
  for (let end = 1; end <= code.length; end++) lines.read(code.slice(0, end));
  const after = highlight.mock.calls.length;
  for (let end = 1; end <= 10; end++) lines.read(`${code}${'x'.repeat(end)}`);
  expect(highlight.mock.calls.slice(after).every(([line]) => line.startsWith('third'))).toBe(true);
  // A line per character while it is open, and once more when it is over.
  expect(after).toBe(code.length);
});

test('a full group of lines is the same array from then on', () => {
  const lines = new CodeLines(undefined);
  const before = lines.read('line\n'.repeat(40));
  const after = lines.read('line\n'.repeat(90));
  expect(after[0]).toBe(before[0]);
  expect(after.flat()).toHaveLength(90);
});

test('other code starts afresh', () => {
  const lines = new CodeLines(findHighlighter('ts'));
  lines.read('/* open\nstill');
  expect(lines.read('const').flat(2)).toEqual([['keyword', 'const']]);
});

test('half a closing fence that was taken for code is taken back', () => {
  const lines = new CodeLines(undefined);
  lines.read('a\n``');
  expect(joined(lines, 'a')).toBe('a');
});

function joined(lines: CodeLines, code: string): string {
  return lines
    .read(code)
    .flat(2)
    .map((piece) => (typeof piece === 'string' ? piece : piece[1]))
    .join('');
}
