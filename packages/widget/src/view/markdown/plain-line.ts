import type { Token } from 'marked';

const maxPlainLength = 1000;
/** Characters, and beginnings of an address, that could mean something in Markdown or HTML, wherever they stand. */
const anyMark = /[\\`*_~[\]<>&@\r\n]|:\/\/|www\./i;
/** What could begin a heading, a list, indented code or a table, or be cut from an end. */
const markAtEdge = /^[\s#+\-\d|=]|\s$/;

/**
 * Whether a text is one line without marks, which means the same in Markdown. A greeting is nearly always such a line, and
 * so is the beginning of most answers: they need no reader.
 */
export function isPlainLine(text: string): boolean {
  return text !== '' && text.length <= maxPlainLength && !anyMark.test(text) && !markAtEdge.test(text);
}

/** A plain line as the tokens marked would make of it; undefined for any other text. */
export function readPlainLine(text: string): Token[][] | undefined {
  if (!isPlainLine(text)) return undefined;
  return [[{ type: 'paragraph', raw: text, text, tokens: [{ type: 'text', raw: text, text }] }]];
}
