import type { Token } from 'marked';

/** Blocks per group. A full group keeps its identity, so the view skips it as a whole. */
const groupSize = 32;

export type BlockGroups = readonly (readonly Token[])[];

/** Tokens in groups that no longer change once they are full. */
export class TokenGroups {
  #full: Token[][] = [];
  #last: Token[] = [];

  push(tokens: readonly Token[]): void {
    for (const token of tokens) {
      this.#last.push(token);
      if (this.#last.length === groupSize) {
        this.#full.push(this.#last);
        this.#last = [];
      }
    }
  }

  /** Takes other tokens in place of all, but keeps each one that must look the same: equal source, and no bracket. */
  replace(tokens: readonly Token[]): void {
    const old = [...this.#full.flat(), ...this.#last];
    this.#full = [];
    this.#last = [];
    this.push(
      tokens.map((token, index) => {
        const previous = old[index];
        const isSame = previous?.type === token.type && previous.raw.trimEnd() === token.raw.trimEnd();
        return previous && isSame && !token.raw.includes('[') ? previous : token;
      }),
    );
  }

  /** All groups, with `open` behind the finished tokens. */
  followedBy(open: readonly Token[]): BlockGroups {
    const groups: Token[][] = [...this.#full];
    const rest = [...this.#last, ...open];
    for (let index = 0; index < rest.length; index += groupSize) groups.push(rest.slice(index, index + groupSize));
    return groups;
  }
}
