import type { CodePiece, HighlightLine, OpenCode } from './highlight-code.ts';

/** Lines per group. A full group keeps its identity, so the view skips it as a whole. */
const groupSize = 32;

export type CodeGroup = readonly (readonly CodePiece[])[];

/** Lines of code that grows at its end. Each is read once; only the last one again, while it is not over. */
export class CodeLines {
  #highlight: HighlightLine | undefined;
  #full: CodeGroup[] = [];
  #last: (readonly CodePiece[])[] = [];
  /** The code up to its last line break, which has been read. */
  #taken = '';
  #open: OpenCode | undefined;

  /** @param highlight what colours the language, if anything does */
  constructor(highlight: HighlightLine | undefined) {
    this.#highlight = highlight;
  }

  /** The lines, each with its line break, in groups; any other code than one that has grown starts afresh. */
  read(code: string): readonly CodeGroup[] {
    if (!code.startsWith(this.#taken)) this.#reset();
    const lines = code.slice(this.#taken.length).split('\n');
    const unfinished = lines.pop() ?? '';
    this.#taken = code.slice(0, code.length - unfinished.length);
    for (const line of lines) this.#add(line);
    const rest = unfinished ? [...this.#last, this.#read(unfinished).pieces] : this.#last;
    return rest.length > 0 ? [...this.#full, rest] : this.#full;
  }

  #add(line: string): void {
    const { pieces, open } = this.#read(line);
    this.#open = open;
    // A group in use is never changed, or the view would not see that it has grown.
    this.#last = [...this.#last, [...pieces, '\n']];
    if (this.#last.length === groupSize) {
      this.#full.push(this.#last);
      this.#last = [];
    }
  }

  #read(line: string) {
    return this.#highlight?.(line, this.#open) ?? { pieces: [line], open: undefined };
  }

  #reset(): void {
    this.#full = [];
    this.#last = [];
    this.#taken = '';
    this.#open = undefined;
  }
}
