export type BlockKind = 'heading' | 'paragraph' | 'table' | 'quote' | 'code' | 'list-item';

/** A piece of Markdown that means something only as a whole. */
export interface Block {
  kind: BlockKind;
  /** The Markdown as written. A heading's is its text, without the marks. */
  text: string;
  /** 1 to 6 for headings, else 0. */
  level: number;
  /** What stood between this block and the one before it. */
  gap: '\n' | '\n\n';
}

/**
 * Reads Markdown into its top-level blocks, after CommonMark 0.31 and GFM tables. A list item is one block with all it
 * contains. Comments, thematic breaks and blank lines are left out; a fence that never ends is closed. Linear in the
 * length of the text, and never throws: what it does not know is a paragraph.
 */
export function readBlocks(markdown: string): Block[] {
  const lines = markdown.split('\n');
  const lastCommentEnd = lines.findLastIndex((line) => line.includes('-->'));
  const blocks: Block[] = [];
  let gap: Block['gap'] = '\n';
  let start = 0;
  while (start < lines.length) {
    const line = lines[start] ?? '';
    if (isBlank(line) || isThematicBreak(line)) {
      gap = '\n\n';
      start += 1;
      continue;
    }
    if (start <= lastCommentEnd && line.startsWith('<!--')) {
      while (!(lines[start] ?? '').includes('-->')) start += 1;
      start += 1;
      continue;
    }
    const { end, ...block } = readBlockAt(lines, start);
    blocks.push({ ...block, gap });
    gap = '\n';
    start = end;
  }
  return blocks;
}

/** The blocks as Markdown again. */
export function joinBlocks(blocks: readonly Block[]): string {
  return blocks.map((block, index) => (index === 0 ? block.text : block.gap + block.text)).join('');
}

/** How long Markdown is to a reader: what only lines up the columns of a table does not count. */
export function readingLength(markdown: string): number {
  return markdown.replace(/ {2,}|-{4,}/g, ' ').length;
}

type BlockWithEnd = Omit<Block, 'gap'> & { end: number };

function readBlockAt(lines: readonly string[], start: number): BlockWithEnd {
  const line = lines[start] ?? '';
  const heading = /^ {0,3}(#{1,6})(?=[ \t]|$)/.exec(line);
  if (heading) {
    const text = line.slice(heading[0].length).trim();
    return {
      kind: 'heading',
      text: text.replace(/(?:^|[ \t])#+$/, '').trimEnd(),
      level: heading[1]!.length,
      end: start + 1,
    };
  }
  if (openFence(line)) return readFence(lines, start);
  const marker = listMarker(line);
  if (marker) return { kind: 'list-item', ...textOf(lines, start, endOfItem(lines, start, marker.contentIndent)) };
  return readParagraph(lines, start);
}

function readFence(lines: readonly string[], start: number): BlockWithEnd {
  const fence = openFence(lines[start] ?? '') ?? '```';
  const end = endOfFence(lines, start, fence);
  const { text } = textOf(lines, start, end);
  const isClosed = end - start > 1 && closesFence(lines[end - 1] ?? '', fence);
  return { kind: 'code', text: isClosed ? text : `${text}\n${fence}`, level: 0, end };
}

function readParagraph(lines: readonly string[], start: number): BlockWithEnd {
  const first = lines[start] ?? '';
  const underline = /^ {0,3}(=+|-+)[ \t]*$/.exec(lines[start + 1] ?? '');
  if (underline && !first.startsWith('>')) {
    return { kind: 'heading', text: first.trim(), level: underline[1]!.startsWith('=') ? 1 : 2, end: start + 2 };
  }
  let end = start + 1;
  while (end < lines.length && !interruptsParagraph(lines[end] ?? '')) end += 1;
  const isTable = lines.slice(start + 1, end).some((line) => isTableDelimiter(line));
  const kind = isTable ? 'table' : first.trimStart().startsWith('>') ? 'quote' : 'paragraph';
  return { kind, ...textOf(lines, start, end) };
}

function textOf(lines: readonly string[], start: number, end: number): { text: string; level: 0; end: number } {
  return { text: lines.slice(start, end).join('\n').trimEnd(), level: 0, end };
}

/** Everything indented under the item belongs to it, and so do lazy continuation lines. */
function endOfItem(lines: readonly string[], start: number, contentIndent: number): number {
  let end = start;
  let fence = openFence((lines[start] ?? '').slice(contentIndent));
  end = fence ? endOfFence(lines, start, fence) : start + 1;
  while (end < lines.length) {
    const line = lines[end] ?? '';
    if (isBlank(line)) {
      const next = endOfBlankLines(lines, end);
      if (indentOf(lines[next] ?? '') < contentIndent) return end;
      end = next;
      continue;
    }
    const isInside = indentOf(line) >= contentIndent;
    if (!isInside && (interruptsParagraph(line) || listMarker(line))) return end;
    fence = isInside ? openFence(line.trimStart()) : null;
    end = fence ? endOfFence(lines, end, fence) : end + 1;
  }
  return end;
}

function endOfBlankLines(lines: readonly string[], start: number): number {
  let end = start;
  while (end < lines.length && isBlank(lines[end] ?? '')) end += 1;
  return end;
}

/** The line after the closing fence, or after the last line. */
function endOfFence(lines: readonly string[], start: number, fence: string): number {
  let end = start + 1;
  while (end < lines.length && !closesFence(lines[end] ?? '', fence)) end += 1;
  return Math.min(end + 1, lines.length);
}

function openFence(line: string): string | null {
  const fence = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1];
  // Backticks after an opening of backticks make it inline code.
  if (!fence || (fence.startsWith('`') && line.trimStart().slice(fence.length).includes('`'))) return null;
  return fence;
}

function closesFence(line: string, fence: string): boolean {
  const candidate = line.trim();
  return candidate.length >= fence.length && candidate === fence.charAt(0).repeat(candidate.length);
}

function listMarker(line: string): { contentIndent: number } | null {
  const match = /^( {0,3}(?:[-*+]|\d{1,9}[.)]))([ \t]+|$)/.exec(line);
  if (!match || isThematicBreak(line)) return null;
  const spaces = match[2]?.length ?? 0;
  // Five spaces or more after the marker are one space and indented code.
  return { contentIndent: match[1]!.length + (spaces >= 1 && spaces <= 4 ? spaces : 1) };
}

/** Only a list that starts with a bullet or with 1 may follow a paragraph without a blank line. */
function interruptsParagraph(line: string): boolean {
  return (
    isBlank(line) ||
    isThematicBreak(line) ||
    /^ {0,3}#{1,6}(?:[ \t]|$)/.test(line) ||
    openFence(line) !== null ||
    /^ {0,3}(?:[-*+]|1[.)])[ \t]+\S/.test(line)
  );
}

function isThematicBreak(line: string): boolean {
  const marks = line.replace(/[ \t]/g, '');
  return indentOf(line) < 4 && marks.length >= 3 && /^(?:-+|\*+|_+)$/.test(marks);
}

/** The row of dashes under the head of a GFM table. */
export function isTableDelimiter(line: string): boolean {
  return line.includes('|') && line.includes('-') && /^[ \t|:-]+$/.test(line);
}

function isBlank(line: string): boolean {
  return line.trim() === '';
}

/** Columns of white space at the start; a tab reaches the next multiple of four. */
function indentOf(line: string): number {
  let columns = 0;
  for (const character of line) {
    if (character === ' ') columns += 1;
    else if (character === '\t') columns += 4 - (columns % 4);
    else break;
  }
  return columns;
}
