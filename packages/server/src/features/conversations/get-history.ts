import type { History } from '@salient/shared-types';
import type { ConversationOwner, Database, HistoryRow } from '../../db/index.ts';

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
  return toHistory(await database.conversations.readHistory(owner, limit, before));
}

/** The same of a session, also an ended one, for those who may read any of its account. */
export async function getSessionHistory(
  database: Database,
  { accountId, sessionId }: { accountId: string; sessionId: string },
  { limit, before }: HistoryPage,
): Promise<History> {
  return toHistory(await database.conversations.readSession(accountId, sessionId, limit, before));
}

function toHistory(found: HistoryRow | null): History {
  if (!found) return { session_id: null, messages: [], active_turn: null, next_cursor: null };
  return {
    session_id: found.session_id,
    messages: found.messages,
    active_turn: found.active_turn_id === null ? null : { id: found.active_turn_id },
    next_cursor: found.has_more ? (found.messages[0]?.id ?? null) : null,
  };
}
