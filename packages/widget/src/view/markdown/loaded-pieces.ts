import './name-nodes.ts';
import * as reader from './answer-reader.ts';
import * as highlighter from './highlight-code.ts';
import { loadedPiece } from '../../test/loaded-piece.ts';
import type { MarkdownPieces } from './pieces.ts';
import * as rawHtml from './read-raw-html.ts';

/** Test aid: the pieces as if all had come already. */
export function createLoadedPieces(): MarkdownPieces {
  return { reader: loadedPiece(reader), rawHtml: loadedPiece(rawHtml), highlighter: loadedPiece(highlighter) };
}
