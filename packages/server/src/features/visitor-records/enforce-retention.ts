import type { AppSettings } from '../../config.ts';
import type { Database } from '../../db/index.ts';

export const RETENTION_INTERVAL_MS = 60 * 60 * 1000;
/** So many a transaction: each is short, and holds nobody up. */
const BATCH = 200;

/**
 * Deletes conversations that nobody has used for longer than the configuration keeps them, except those on hold, and
 * visitors of whom nothing else is left. The ledger keeps its amounts.
 *
 * @returns how many conversations
 */
export async function enforceRetention(
  database: Database,
  settings: Pick<AppSettings['retention'], 'conversations_days'>,
): Promise<number> {
  if (settings.conversations_days === 0) return 0;
  const before = new Date(Date.now() - settings.conversations_days * 86_400_000);
  const accounts = await database.asWorker(
    (tx) => tx.$queryRaw<{ id: string }[]>`
      SELECT DISTINCT account_id::text AS id FROM sessions
      WHERE last_activity_at < ${before}::timestamptz AND account_id IS NOT NULL`,
  );
  let deleted = 0;
  for (const { id } of accounts) {
    for (;;) {
      const count = await deleteSome(database, id, before);
      deleted += count;
      if (count < BATCH) break;
    }
  }
  return deleted;
}

function deleteSome(database: Database, accountId: string, before: Date): Promise<number> {
  return database.withAccount(accountId, async (tx) => {
    const expired = await tx.session.findMany({
      where: { accountId, lastActivityAt: { lt: before }, heldAt: null },
      select: { id: true, sessionKey: true },
      orderBy: { lastActivityAt: 'asc' },
      take: BATCH,
    });
    const ids = expired.map(({ id }) => id);
    await tx.message.deleteMany({ where: { accountId, sessionId: { in: ids } } });
    await tx.session.deleteMany({ where: { accountId, id: { in: ids } } });
    const keys = [...new Set(expired.map(({ sessionKey }) => sessionKey))];
    // Whoever still has a token, or was here since, is not gone.
    await tx.$executeRaw`
      DELETE FROM visitors WHERE account_id = ${accountId}::uuid AND session_key = ANY(${keys}::text[])
        AND created_at < ${before}::timestamptz
        AND NOT EXISTS (SELECT FROM sessions WHERE sessions.account_id = visitors.account_id
          AND sessions.session_key = visitors.session_key)
        AND NOT EXISTS (SELECT FROM session_tokens WHERE session_tokens.account_id = visitors.account_id
          AND session_tokens.session_key = visitors.session_key)`;
    return ids.length;
  });
}
