import type { Citation } from '@salient/shared-types';
import type { Passage } from '../../providers/model-provider.ts';

const MAX_QUOTE_CHARACTERS = 300;

/** The passages a model's answer marks as its sources with `[n]`, in the order of their numbers. */
export function citedPassages(answer: string, passages: readonly Passage[]): Citation[] {
  const cited = new Set(Array.from(answer.matchAll(/\[(\d{1,2})\](?!\()/g), ([, number]) => Number(number)));
  return passages.flatMap((passage, position) => {
    const index = position + 1;
    if (!cited.has(index)) return [];
    const quote = passage.content.trim();
    return [
      {
        index,
        title: passage.documentTitle,
        section: passage.section,
        quote: quote.length > MAX_QUOTE_CHARACTERS ? `${quote.slice(0, MAX_QUOTE_CHARACTERS).toWellFormed()}…` : quote,
        url: passage.url,
      },
    ];
  });
}
