import { createLaterPiece, type LaterPiece } from '../../model/later-piece.ts';

/** What drawing an answer needs beside the panel's own file. Each stands in a file of its own and imports no other. */
export interface MarkdownPieces {
  /** marked and what reads a growing answer with it: needed by all that is more than one plain line. */
  readonly reader: LaterPiece<typeof import('./answer-reader.ts')>;
  /** DOMPurify and what reads tags: needed by answers with raw HTML. */
  readonly rawHtml: LaterPiece<typeof import('./read-raw-html.ts')>;
  /** Needed by code in a language that it knows. */
  readonly highlighter: LaterPiece<typeof import('./highlight-code.ts')>;
}

export function createMarkdownPieces(): MarkdownPieces {
  return {
    reader: createLaterPiece(() => import('./answer-reader.ts')),
    rawHtml: createLaterPiece(() => import('./read-raw-html.ts')),
    highlighter: createLaterPiece(() => import('./highlight-code.ts')),
  };
}
