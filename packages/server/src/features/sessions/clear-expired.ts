import type { Database } from '../../db/index.ts';
import type { SessionRules } from './session-rules.ts';

/** How often what nobody can use any more is cleared away. */
export const CLEAR_EXPIRED_INTERVAL_MS = 15 * 60 * 1000;
/** So many rows a statement: each is short, and holds nobody up. */
const BATCH = 1000;

/**
 * Deletes keys and tokens that have expired. An ended token stays until then: that somebody shows it again is worth
 * knowing. A key's record stays as long as one of its seals could still count.
 *
 * @returns how many
 */
export async function clearExpired(database: Database, rules: SessionRules): Promise<number> {
  const tokens = await inBatches(() =>
    database.asWorker(
      (tx) => tx.$executeRaw`
        DELETE FROM session_tokens WHERE id IN (
          SELECT id FROM session_tokens WHERE expires_at < clock_timestamp() - interval '1 hour' LIMIT ${BATCH}::integer)`,
    ),
  );
  const keys = await inBatches(() =>
    database.asWorker(
      (tx) => tx.$executeRaw`
        DELETE FROM browser_keys WHERE browser_hash IN (
          SELECT browser_hash FROM browser_keys
          WHERE newest_issued_at < clock_timestamp() - make_interval(secs => ${rules.idleSeconds}::integer) - interval '1 day'
          LIMIT ${BATCH}::integer)`,
    ),
  );
  return tokens + keys;
}

async function inBatches(deleteSome: () => Promise<number>): Promise<number> {
  let deleted = 0;
  for (;;) {
    const count = await deleteSome();
    deleted += count;
    if (count < BATCH) return deleted;
  }
}
