import { signal, type ReadonlySignal } from '@preact/signals';

/** A part of the widget that stands in a file of its own and comes when it is first needed. */
export interface LaterPiece<Piece> {
  /** Undefined until it has come. */
  readonly piece: ReadonlySignal<Piece | undefined>;
  /** It could not be had. What needs it does without; the next `load` asks again. */
  readonly hasFailed: ReadonlySignal<boolean>;
  /** Brings it, once, however often it is called. */
  load(): void;
}

export function createLaterPiece<Piece>(bring: () => Promise<Piece>): LaterPiece<Piece> {
  const piece = signal<Piece | undefined>(undefined);
  const hasFailed = signal(false);
  let isUnderWay = false;
  return {
    piece,
    hasFailed,
    load() {
      if (isUnderWay) return;
      isUnderWay = true;
      bring().then(
        (brought) => (piece.value = brought),
        () => {
          isUnderWay = false;
          hasFailed.value = true;
        },
      );
    },
  };
}
