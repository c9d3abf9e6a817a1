import { joinBlocks, readBlocks, readingLength, type Block } from '../../markdown/read-blocks.ts';
import { toPlainText } from '../../markdown/to-plain-text.ts';

/** A piece of a document that can be found and quoted on its own. */
export interface DocumentPassage {
  /** Headings above the passage, outermost first, joined with " › "; null for text before the first heading. */
  section: string | null;
  /** Markdown. Whole blocks: no code, table or list item is ever cut. */
  content: string;
  /** Order in the document, from 0. */
  position: number;
}

export interface SplitDocument {
  /** The first heading of level 1, else the first heading, else the first words. Plain text, never empty. */
  title: string;
  passages: DocumentPassage[];
}

/** A passage is closed once it has about this many characters: two or three paragraphs, quotable in one answer. */
const PASSAGE_CHARACTERS = 1200;
/** Less than this stays with its neighbour: alone it would be found without its context. */
const SHORTEST_PASSAGE = 240;
const TITLE_CHARACTERS = 80;

/** Splits Markdown at its headings, and long sections between blocks. Takes any text; an empty one has no passages. */
export function splitDocument(markdown: string): SplitDocument {
  const blocks = readBlocks(withoutFrontMatter(normalise(markdown)));
  const titleBlock = findTitle(blocks);
  const passages: DocumentPassage[] = [];
  for (const section of splitAtHeadings(blocks, titleBlock)) {
    for (const content of splitByLength(section.blocks)) {
      passages.push({ section: section.path, content, position: passages.length });
    }
  }
  return { title: titleOf(titleBlock ?? blocks[0]), passages };
}

/** PostgreSQL stores no NUL, and an editor's byte-order mark is no text. */
function normalise(markdown: string): string {
  return markdown
    .replace(/^\uFEFF/, '')
    .replace(/\r\n?/g, '\n')
    .replaceAll('\0', '');
}

/** Front matter is for other programs. Its first line is `key:`, which no text after a thematic break looks like. */
function withoutFrontMatter(markdown: string): string {
  if (!/^---[ \t]*\n[\w-]+:/.test(markdown)) return markdown;
  const end = /\n---[ \t]*(?:\n|$)/.exec(markdown);
  return end ? markdown.slice(end.index + end[0].length) : markdown;
}

function findTitle(blocks: readonly Block[]): Block | undefined {
  const headings = blocks.filter((block) => block.kind === 'heading' && block.text !== '');
  return headings.find((heading) => heading.level === 1) ?? headings[0];
}

function titleOf(block: Block | undefined): string {
  const text = toPlainText(block?.text ?? '')
    .replace(/\s+/g, ' ')
    .trim();
  if (text === '') return 'Untitled';
  if (block?.kind === 'heading' || text.length <= TITLE_CHARACTERS) return text;
  return `${cutAtSpace(text, TITLE_CHARACTERS).trimEnd()}…`;
}

interface Section {
  path: string | null;
  blocks: Block[];
}

function splitAtHeadings(blocks: readonly Block[], titleBlock: Block | undefined): Section[] {
  let current: Section = { path: null, blocks: [] };
  const sections = [current];
  let headings: Block[] = [];
  for (const block of blocks) {
    if (block.kind !== 'heading') {
      current.blocks.push(block);
      continue;
    }
    headings = headings.filter((heading) => heading.level < block.level);
    if (block !== titleBlock) headings.push(block);
    current = { path: pathOf(headings), blocks: [] };
    sections.push(current);
  }
  return sections;
}

function pathOf(headings: readonly Block[]): string | null {
  const names = headings.map((heading) => toPlainText(heading.text)).filter((name) => name !== '');
  return names.length > 0 ? names.join(' › ') : null;
}

function splitByLength(blocks: readonly Block[]): string[] {
  const passages: Block[][] = [];
  let open: Block[] = [];
  let length = 0;
  for (const block of blocks.flatMap((each) => splitLongParagraph(each))) {
    const blockLength = readingLength(block.text);
    if (length >= SHORTEST_PASSAGE && length + blockLength > PASSAGE_CHARACTERS) {
      passages.push(open);
      // "Follow these steps:" belongs to the steps.
      open = open.length > 1 && open.at(-1)?.text.endsWith(':') ? [open.pop()!] : [];
      length = readingLength(joinBlocks(open));
    }
    open.push(block);
    length += blockLength;
  }
  const previous = passages.at(-1);
  if (previous && length < SHORTEST_PASSAGE) previous.push(...open);
  else if (open.length > 0) passages.push(open);
  return passages.map((passage) => joinBlocks(passage));
}

/** Only running text may be cut inside: after a sentence, else at a space, else anywhere but inside a character. */
function splitLongParagraph(block: Block): Block[] {
  if (block.kind !== 'paragraph' || block.text.length <= PASSAGE_CHARACTERS) return [block];
  const parts: Block[] = [];
  let rest = block.text;
  while (rest.length > PASSAGE_CHARACTERS) {
    const part = cutAtSentence(rest, PASSAGE_CHARACTERS);
    parts.push({ ...block, text: part.trimEnd(), gap: parts.length === 0 ? block.gap : '\n\n' });
    rest = rest.slice(part.length);
  }
  return rest.trim() === '' ? parts : [...parts, { ...block, text: rest, gap: '\n\n' }];
}

function cutAtSentence(text: string, maxCharacters: number): string {
  const head = text.slice(0, maxCharacters);
  const end = [...head.matchAll(/[.!?。！？](?:\s|(?<=[。！？]))/gu)].at(-1);
  return end && end.index > maxCharacters / 2
    ? head.slice(0, end.index + end[0].length)
    : cutAtSpace(text, maxCharacters);
}

function cutAtSpace(text: string, maxCharacters: number): string {
  const head = text.slice(0, maxCharacters);
  const space = Math.max(head.lastIndexOf(' '), head.lastIndexOf('\n'));
  if (space > maxCharacters / 2) return head.slice(0, space + 1);
  return /[\uD800-\uDBFF]$/.test(head) ? head.slice(0, -1) : head;
}
