import type { FoundKnowledge, KnowledgeSearch } from '../../db/index.ts';
import type { Passage } from '../../providers/model-provider.ts';
import { dropFillerWords } from '../../providers/question-terms.ts';

/**
 * How much of a question a passage must be about, from 0 to 1: the share of the question's terms it contains, each
 * counted by its rarity in the agent's knowledge. Below it, "I don't know" is the honest answer.
 */
const MIN_COVERAGE = 0.45;
/** Enough when a term stands in the passage's own title or heading. */
const MIN_COVERAGE_WITH_HEADING = 0.25;
const HEADING_WEIGHT = 0.6;
/** A question about the document as a whole is best answered by its introduction. */
const INTRODUCTION_WEIGHT = 0.25;

const MAX_QUESTION_LENGTH = 2000;

/** What to look for, in English full-text search. `start_turn` takes it along, so that a turn needs no round trip for it. */
export function describeSearch(question: string, limit: number): KnowledgeSearch {
  // Half an emoji could not be written as JSON.
  const searched = question.slice(0, MAX_QUESTION_LENGTH).toWellFormed();
  return {
    question: searched,
    terms: dropFillerWords(searched),
    headingWeight: HEADING_WEIGHT,
    introductionWeight: INTRODUCTION_WEIGHT,
    limit,
  };
}

/** Those of the passages found that the question is about, best first; empty when none is. */
export function relevantPassages({ passages }: FoundKnowledge): Passage[] {
  return passages
    .filter(
      ({ coverage, headingCoverage }) =>
        coverage >= MIN_COVERAGE || (headingCoverage > 0 && coverage >= MIN_COVERAGE_WITH_HEADING),
    )
    .map(({ documentTitle, url, section, content, score }) => ({ documentTitle, url, section, content, score }));
}
