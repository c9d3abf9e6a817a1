import type { AccountTransaction, Database, FoundKnowledge } from '../../db/index.ts';
import { isMisspelling } from '../../providers/is-misspelling.ts';
import type { Passage } from '../../providers/model-provider.ts';
import type { KnowledgeOwner } from './index-knowledge.ts';
import { describeSearch, relevantPassages } from './search-knowledge.ts';

/**
 * The passages a question is about, best first, from what `start_turn` found. A question that found nothing as it was typed
 * is asked once more with its misspelt words put right.
 */
export async function findPassages(
  database: Database,
  { accountId, agentInstanceId }: KnowledgeOwner,
  { question, limit }: { question: string; limit: number },
  found: FoundKnowledge,
): Promise<Passage[]> {
  const passages = relevantPassages(found);
  if (passages.length > 0 || found.topics.length === 0) return passages;
  return database.withAccount(accountId, async (tx) => {
    const corrected = await correctSpelling(tx, agentInstanceId, describeSearch(question, limit).terms);
    if (corrected === null) return [];
    const search = JSON.stringify(describeSearch(corrected, limit));
    const [{ knowledge }] = await tx.$queryRaw<[{ knowledge: FoundKnowledge }]>`
      SELECT search_knowledge(${accountId}::uuid, ${agentInstanceId}::uuid, ${search}::jsonb) AS knowledge`;
    return relevantPassages(knowledge);
  });
}

/** The stems of a question, misspelt ones replaced by what stands in titles and headings; null when none was. */
async function correctSpelling(tx: AccountTransaction, agentInstanceId: string, terms: string): Promise<string | null> {
  const stems = await tx.$queryRaw<{ lexeme: string; occurs: boolean }[]>`
    SELECT word.lexeme, EXISTS (
      SELECT FROM knowledge_chunks
      WHERE agent_instance_id = ${agentInstanceId}::uuid AND search_vector @@ quote_literal(word.lexeme)::tsquery
    ) AS occurs
    FROM unnest(to_tsvector('english', ${terms})) AS word`;
  if (stems.every(({ occurs }) => occurs)) return null;
  const headings = await tx.$queryRaw<{ word: string }[]>`
    SELECT word FROM ts_stat(
      format('SELECT search_vector FROM knowledge_chunks WHERE agent_instance_id = %L', ${agentInstanceId}::text), 'ab')
    ORDER BY ndoc DESC, word`;
  const corrected = stems.map(({ lexeme, occurs }) =>
    occurs ? lexeme : (headings.find(({ word }) => isMisspelling(lexeme, word))?.word ?? lexeme),
  );
  return corrected.some((word, index) => word !== stems[index]?.lexeme) ? corrected.join(' ') : null;
}
