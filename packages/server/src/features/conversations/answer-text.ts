/** Turns a provider's pieces into text that can be stored, sent line by line and cut anywhere between two pieces. */
export interface AnswerText {
  /** The part of the answer that this piece completes; may be empty. */
  push(piece: string): string;
  /** What was still held back. */
  end(): string;
}

/**
 * Line ends become LF, NUL goes (PostgreSQL cannot hold it), an emoji split over two pieces is kept together, and half
 * an emoji that never gets its other half becomes U+FFFD.
 */
export function createAnswerText(): AnswerText {
  let held = '';
  return {
    push(piece) {
      // First of all, or it could stand between two halves.
      const text = held + piece.replaceAll('\0', '');
      held = splitsAfter(text.charCodeAt(text.length - 1)) ? text.slice(-1) : '';
      return clean(held ? text.slice(0, -1) : text);
    },
    end() {
      const text = clean(held);
      held = '';
      return text;
    },
  };
}

/** A carriage return may be half a line end, a high surrogate is half a character. */
function splitsAfter(code: number): boolean {
  return code === 0x0d || (code >= 0xd800 && code <= 0xdbff);
}

// Most pieces are plain; they pass without a copy.
const SUSPECT = /[\r\ud800-\udfff]/;

function clean(text: string): string {
  if (!SUSPECT.test(text)) return text;
  return text.replace(/\r\n?/g, '\n').toWellFormed();
}
