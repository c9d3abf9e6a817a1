import { isMisspelling } from './is-misspelling.ts';

/** Words that say how something is asked, not what about. */
const FILLER_WORDS = new Set(
  `a about actually after all also am an and any anybody anyone anything are as at be been before being but by can cannot could did do
  does doing don for from get give go got had has have having hello help her here hi him his how i if in into is it its
  just know let like long many may me mean might mine more much my need no not now of ok on one other or our out please possible say
  shall she should show so some somebody someone something take tell than thank thanks that the their them then there these
  they thing this those to too us use using very want was we well were what when where which who whom whose why will
  with would yes you your`.split(/\s+/),
);

/** What a question is about: its words without filler, roughly stemmed. */
export function findTerms(question: string): Set<string> {
  return new Set(
    words(question)
      .filter((word) => !FILLER_WORDS.has(word))
      .map((word) => stem(word)),
  );
}

/** The question without filler, for a search engine with a stemmer of its own; as it is when nothing would be left. */
export function dropFillerWords(question: string): string {
  const kept = words(question).filter((word) => !FILLER_WORDS.has(word));
  return kept.length > 0 ? kept.join(' ') : question;
}

/** How many of the terms occur in the text, from 0 to 1; a misspelt one counts. Without terms: 0. */
export function shareOfTerms(terms: ReadonlySet<string>, text: string): number {
  if (terms.size === 0) return 0;
  const present = new Set(words(text).map((word) => stem(word)));
  const occurs = (term: string) => present.has(term) || [...present].some((word) => isMisspelling(term, word));
  return [...terms].filter((term) => occurs(term)).length / terms.size;
}

function words(text: string): string[] {
  return (
    text
      .toLowerCase()
      .normalize('NFKC')
      .replaceAll('’', "'")
      .match(/[\p{L}\p{M}\p{N}]+/gu) ?? []
  );
}

/** Rough on purpose: it only has to bring the forms of a word together, never to print them. */
function stem(word: string): string {
  if (word.length < 5) return word.replace(/(?<=[^s])s$/, '');
  return word
    .replace(/ies$/, 'y')
    .replace(/(?:ings?|ed|es|ments?|s)$/, '')
    .replace(/e$/, '')
    .replace(/([^aeiou])\1$/, '$1');
}
