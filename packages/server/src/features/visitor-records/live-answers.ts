import type { AccountTransaction } from '../../db/index.ts';

/** Longer than an answer takes and copies of it are kept outside of the database. */
const RECENT_MS = 60 * 60 * 1000;

/** What becomes of answers beside their rows, when these are erased. */
export interface LiveAnswers {
  /** Stops an answer under way, at whichever process. */
  stop(accountId: string, turnId: string): Promise<void>;
  /**
   * Deletes what processes have told each other of these answers. Returns how many there were; null where that cannot be
   * reached: its copies end by themselves within minutes.
   */
  forget(turnIds: readonly string[]): Promise<number | null>;
}

/** Turns by their ids. */
export interface RecentTurns {
  underWay: string[];
  /** With those under way. */
  all: string[];
}

/** Those of a visitor, or of everybody in the account, of which there may be more than their rows. */
export async function findRecentTurns(
  tx: AccountTransaction,
  accountId: string,
  sessionKey?: string,
): Promise<RecentTurns> {
  const since = new Date(Date.now() - RECENT_MS);
  const rows = await tx.message.findMany({
    where: {
      accountId,
      role: 'assistant',
      OR: [{ status: 'pending' }, { createdAt: { gt: since } }],
      ...(sessionKey !== undefined && { session: { is: { sessionKey } } }),
    },
    select: { turnId: true, status: true },
  });
  return {
    underWay: rows.filter(({ status }) => status === 'pending').map(({ turnId }) => turnId),
    all: rows.map(({ turnId }) => turnId),
  };
}

export async function stopAll(live: LiveAnswers, accountId: string, { underWay }: RecentTurns): Promise<void> {
  for (const turnId of underWay) await live.stop(accountId, turnId);
}

/**
 * To be called before messages are deleted: whoever stores an answer takes it before its question, and so neither waits for
 * the other in a circle. Where sessions are deleted, a trigger does the same.
 */
export async function lockPendingAnswers(
  tx: AccountTransaction,
  accountId: string,
  sessionKey?: string,
): Promise<void> {
  await tx.$queryRaw`
    SELECT messages.id FROM messages JOIN sessions ON sessions.account_id = messages.account_id AND sessions.id = session_id
    WHERE messages.account_id = ${accountId}::uuid AND messages.status = 'pending'
      AND (${sessionKey ?? null}::text IS NULL OR session_key = ${sessionKey ?? null})
    ORDER BY messages.id FOR UPDATE OF messages`;
}
