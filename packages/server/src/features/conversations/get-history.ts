import type { History } from '@salient/shared-types';
import type { ConversationOwner, Database } from '../../db/index.ts';

export interface HistoryPage {
  limit: number;
  /** A `next_cursor`: the page ends before it. */
  before: string | null;
}

/** The visitor's open conversation with an agent, the newest page first, each page oldest first. */
export async function getHistory(
  database: Database,
  owner: ConversationOwner,
  { limit, before }: HistoryPage,
): Promise<History> {
  const found = await database.conversations.readHistory(owner, limit, before);
  if (!found) return { session_id: null, messages: [], active_turn: null, next_cursor: null };
  return {
    session_id: found.session_id,
    messages: found.messages,
    active_turn: found.active_turn_id === null ? null : { id: found.active_turn_id },
    next_cursor: found.has_more ? (found.messages[0]?.id ?? null) : null,
  };
}
