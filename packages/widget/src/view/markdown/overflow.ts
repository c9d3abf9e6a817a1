import type { Token } from 'marked';
import { maxMarkdownLength } from './bounds.ts';

const pieceLength = 10_000;

/** The part of an answer that is read as Markdown, and the rest in pieces of plain text. */
export function cutOverflow(text: string): { markdown: string; overflow: Token[] } {
  if (text.length <= maxMarkdownLength) return { markdown: text, overflow: [] };
  let start = findCut(text, 0, maxMarkdownLength);
  const markdown = text.slice(0, start);
  const overflow: Token[] = [];
  while (start < text.length) {
    const end = findCut(text, start, pieceLength);
    overflow.push({ type: 'overflow', raw: text.slice(start, end) });
    start = end;
  }
  return { markdown, overflow };
}

/** After the last line break within reach, else within a line, but never inside a character of two code units. */
function findCut(text: string, start: number, maxLength: number): number {
  const end = start + maxLength;
  if (end >= text.length) return text.length;
  const lineEnd = text.lastIndexOf('\n', end - 1) + 1;
  if (lineEnd > start) return lineEnd;
  return /[\uD800-\uDBFF]/.test(text.charAt(end - 1)) ? end - 1 : end;
}
