import type { Token } from 'marked';

const maxPlainLength = 1000;
/** Characters, and beginnings of an address, that could mean something in Markdown or HTML, wherever they stand. */
const anyMark = /[\\`*_~[\]<>&@\r\n]|:\/\/|www\./i;
/** What could begin a heading, a list, indented code or a table, or be cut from an end. */
const markAtEdge = /^[\s#+\-\d|=]|\s$/;

/**
 * A text that is one line without marks, as the tokens marked would make of it; undefined for any other text.
 * A greeting is nearly always such a line, and so is the beginning of most answers: they need no reader.
 */
export function readPlainLine(text: string): Token[][] | undefined {
  if (text === '' || text.length > maxPlainLength || anyMark.test(text) || markAtEdge.test(text)) return undefined;
  return [[{ type: 'paragraph', raw: text, text, tokens: [{ type: 'text', raw: text, text }] }]];
}
