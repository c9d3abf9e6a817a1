import './name-nodes.ts';
import { signal } from '@preact/signals';
import * as reader from './answer-reader.ts';
import * as highlighter from './highlight-code.ts';
import type { LaterPiece } from './later-piece.ts';
import type { MarkdownPieces } from './pieces.ts';
import * as rawHtml from './read-raw-html.ts';

/** Test aid: the pieces as if all had come already. */
export function createLoadedPieces(): MarkdownPieces {
  return { reader: loaded(reader), rawHtml: loaded(rawHtml), highlighter: loaded(highlighter) };
}

function loaded<Piece>(piece: Piece): LaterPiece<Piece> {
  return { piece: signal(piece), hasFailed: signal(false), load: () => {} };
}
