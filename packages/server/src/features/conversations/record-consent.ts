import type { Database } from '../../db/index.ts';

/**
 * Keeps with a session what its visitor has agreed to, and when, in `sessions.metadata`. The first time counts: the
 * same text comes again when a message is sent again.
 */
export async function recordConsent(
  database: Database,
  accountId: string,
  sessionId: string,
  text: string,
): Promise<void> {
  const consent = JSON.stringify({ text, given_at: new Date().toISOString() });
  await database.withAccount(
    accountId,
    (tx) => tx.$executeRaw`
      UPDATE sessions SET metadata = metadata || jsonb_build_object('consent', ${consent}::jsonb)
      WHERE account_id = ${accountId}::uuid AND id = ${sessionId}::uuid AND NOT metadata ? 'consent'`,
  );
}
