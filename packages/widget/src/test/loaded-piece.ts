import { signal } from '@preact/signals';
import { vi } from 'vitest';

/** Test aid: a piece as if it had come already. */
export function loadedPiece<Piece>(piece: Piece) {
  return { piece: signal<Piece | undefined>(piece), hasFailed: signal(false), load: vi.fn() };
}

/** Test aid: a piece as if it were still on its way. */
export function missingPiece<Piece>() {
  return loadedPiece<Piece | undefined>(undefined);
}
