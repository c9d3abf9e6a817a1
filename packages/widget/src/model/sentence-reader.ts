/** Ends of a spoken piece: a sentence's mark before a space, a line end, or the marks that need no space after them. */
const SENTENCE_END = /[.!?…][)\]"'”’]*(?=\s)|\n|[。！？]/g;

/**
 * Cuts a growing text into whole sentences to be spoken: tokens one by one would be noise, and the whole answer at its
 * end a long silence.
 */
export function createSentenceReader() {
  let spokenUntil = 0;
  return {
    /** The sentences that have become complete since the last call; at the end also the unfinished rest. */
    take(text: string, isComplete: boolean): string[] {
      const fresh = text.slice(spokenUntil);
      let end = 0;
      for (const match of fresh.matchAll(SENTENCE_END)) end = match.index + match[0].length;
      if (isComplete) end = fresh.length;
      spokenUntil += end;
      return fresh.slice(0, end).split('\n').map(withoutMarks).filter(Boolean);
    },
  };
}

/** Markdown read aloud: the words, without the marks around them and the addresses behind them. */
function withoutMarks(line: string): string {
  return line
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/^\s*([#>|-]+|```.*)\s*/, '')
    .replace(/[*_`|]+/g, '')
    .trim();
}
