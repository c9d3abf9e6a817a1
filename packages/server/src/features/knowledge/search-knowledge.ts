import type { AccountTransaction } from '../../db/index.ts';
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

interface FoundPassage {
  documentTitle: string;
  url: string | null;
  section: string | null;
  content: string;
  coverage: number;
  headingCoverage: number;
  score: number;
}

/**
 * The passages of an agent's knowledge that a question is about, best first; empty when none is. English full-text
 * search: a question rarely shares all its words with a passage, so any may match and the sum decides.
 */
export async function searchKnowledge(
  tx: AccountTransaction,
  agentInstanceId: string,
  question: string,
  limit: number,
): Promise<Passage[]> {
  const found = await tx.$queryRaw<FoundPassage[]>`
    WITH passage AS (
      SELECT * FROM knowledge_chunks WHERE agent_instance_id = ${agentInstanceId}::uuid
    ), term AS (
      SELECT word.lexeme, quote_literal(word.lexeme)::tsquery AS query,
        (quote_literal(word.lexeme) || ':AB')::tsquery AS heading_query,
        ln(1 + (SELECT count(*) FROM passage)::float8
          / (1 + (SELECT count(*) FROM passage WHERE search_vector @@ quote_literal(word.lexeme)::tsquery))) AS weight
      FROM unnest(to_tsvector('english', ${dropFillerWords(question.slice(0, 2000))})) AS word
    ), scored AS (
      SELECT passage.id,
        sum(term.weight) FILTER (WHERE passage.search_vector @@ term.query) / sum(term.weight) AS coverage,
        coalesce(sum(term.weight) FILTER (WHERE passage.search_vector @@ term.heading_query), 0) / sum(term.weight)
          AS heading_coverage
      FROM passage CROSS JOIN term GROUP BY passage.id
    )
    SELECT knowledge_documents.title AS "documentTitle", knowledge_documents.url, passage.section, passage.content,
      scored.coverage, scored.heading_coverage AS "headingCoverage",
      ts_rank(passage.search_vector, (
        SELECT string_agg(quote_literal(word.lexeme), ' | ')::tsquery FROM unnest(to_tsvector('english', ${question.slice(0, 2000)})) AS word
      ))::float8 AS rank,
      scored.coverage + scored.heading_coverage
        * (CASE WHEN passage.section IS NULL THEN ${HEADING_WEIGHT + INTRODUCTION_WEIGHT}::float8 ELSE ${HEADING_WEIGHT}::float8 END)
        AS score
    FROM scored
    JOIN passage ON passage.id = scored.id
    JOIN knowledge_documents ON knowledge_documents.id = passage.document_id
    WHERE scored.coverage > 0
    ORDER BY score DESC, rank DESC, knowledge_documents.source, passage.position
    LIMIT ${limit}::integer`;

  return found
    .filter(
      ({ coverage, headingCoverage }) =>
        coverage >= MIN_COVERAGE || (headingCoverage > 0 && coverage >= MIN_COVERAGE_WITH_HEADING),
    )
    .map(({ documentTitle, url, section, content, score }) => ({ documentTitle, url, section, content, score }));
}

/** Titles of what an agent knows about. */
export async function listTopics(tx: AccountTransaction, agentInstanceId: string): Promise<string[]> {
  const documents = await tx.knowledgeDocument.findMany({
    where: { agentInstanceId },
    orderBy: { source: 'asc' },
    select: { title: true },
  });
  return documents.map(({ title }) => title);
}
