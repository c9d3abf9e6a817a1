import { signal } from '@preact/signals';
import type { LaterPiece } from '../model/later-piece.ts';

/** Test aid: a piece as if it had come already. */
export function loadedPiece<Piece>(piece: Piece): LaterPiece<Piece> {
  return { piece: signal(piece), hasFailed: signal(false), load: () => {} };
}
