import { isTableDelimiter } from './read-blocks.ts';

/** Longer lines are data rather than prose, and the patterns below are not linear: they stay as they are. */
const LONGEST_LINE = 4000;

/**
 * Markdown as a person would read it aloud: no marks, links and images by their text, table cells apart, code as it is.
 * For titles and citations, which are shown as text. Not a renderer: nobody may insert the result as HTML.
 */
export function toPlainText(markdown: string): string {
  const lines: { text: string; kind: 'prose' | 'code' | 'other' }[] = [];
  let isCode = false;
  for (const text of markdown.split('\n')) {
    const previous = lines.at(-1);
    if (/^\s*(?:`{3,}|~{3,})/.test(text)) isCode = !isCode;
    else if (isCode) lines.push({ text, kind: 'code' });
    else if (isTableDelimiter(text)) continue;
    else if (previous?.kind === 'prose' && continuesParagraph(text)) previous.text += ` ${text.trim()}`;
    else lines.push({ text, kind: text.trim() === '' || text.trimStart().startsWith('|') ? 'other' : 'prose' });
  }
  return lines
    .map(({ text, kind }) => (kind === 'code' || text.length > LONGEST_LINE ? text : plainLine(text)))
    .join('\n')
    .trim();
}

/** A line break inside a paragraph is only where its author's editor wrapped it. */
function continuesParagraph(line: string): boolean {
  return line.trim() !== '' && !/^\s*(?:\||(?:[-*+>]|\d+[.)])\s)/.test(line);
}

function plainLine(line: string): string {
  return tableCells(line.replace(/^ {0,3}(?:>[ \t]?)+/, ''))
    .replace(/!?\[([^[\]]*)\]\((?:[^()\s]|\([^()\s]*\))*(?:\s+"[^"]*")?\)/g, '$1')
    .replace(/<((?:https?:\/\/|mailto:)[^<>\s]+)>/g, '$1')
    .replace(/(`+)(.+?)\1/g, '$2')
    .replace(/(\*{1,3})(?=\S)(.+?)(?<=\S)\1/g, '$2')
    .replace(/~~(?=\S)(.+?)~~/g, '$1')
    .replace(/(?<![\p{L}\p{N}_])(_{1,3})(?=\S)(.+?)(?<=\S)\1(?![\p{L}\p{N}_])/gu, '$2')
    .replace(/\\([!-/:-@[-`{-~])/g, '$1')
    .trimEnd();
}

function tableCells(line: string): string {
  const row = line.trim();
  if (!row.startsWith('|') || !row.endsWith('|') || row.length < 2) return line;
  const cells = row.slice(1, -1).split(/(?<!\\)\|/);
  return cells.map((cell) => cell.trim()).join(' · ');
}
