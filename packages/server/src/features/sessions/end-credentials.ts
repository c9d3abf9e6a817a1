import type { AccountTransaction } from '../../db/index.ts';

/**
 * Ends everything a visitor is recognised by in an account, on every device: their next request is refused, and the one
 * after that is somebody new.
 */
export async function endCredentials(tx: AccountTransaction, accountId: string, sessionKey: string): Promise<void> {
  await tx.sessionToken.updateMany({ where: { accountId, sessionKey, endedAt: null }, data: { endedAt: new Date() } });
  // A browser without a row of its own stands for the visitor of the same name. Each comes to stand for nobody yet.
  await tx.$executeRaw`
    WITH ended AS (
      SELECT key_hash, replace(concat(gen_random_uuid(), gen_random_uuid()), '-', '') AS nobody
        FROM (
          SELECT key_hash FROM visitor_keys WHERE account_id = ${accountId}::uuid AND session_key = ${sessionKey}
          UNION SELECT ${sessionKey} WHERE NOT EXISTS (
            SELECT FROM visitor_keys WHERE account_id = ${accountId}::uuid AND key_hash = ${sessionKey})
        ) AS standing
    ), made AS (
      INSERT INTO visitors (account_id, session_key) SELECT ${accountId}::uuid, nobody FROM ended
    )
    INSERT INTO visitor_keys (account_id, key_hash, session_key, valid_from)
      SELECT ${accountId}::uuid, key_hash, nobody, clock_timestamp() FROM ended
      ON CONFLICT (account_id, key_hash) DO UPDATE SET
        session_key = excluded.session_key, valid_from = excluded.valid_from`;
}
