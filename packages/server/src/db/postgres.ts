import { PrismaPg } from '@prisma/adapter-pg';
import type { SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import pg from 'pg';
import { sendScriptsWhole } from './send-scripts-whole.ts';
import { withoutEngineLock } from './without-engine-lock.ts';

/** Any number; it only has to be the same in every process of the product. */
const MIGRATION_LOCK = 7_210_411;

export function openPool(url: string, maxConnections: number): pg.Pool {
  return new pg.Pool({ connectionString: url, max: maxConnections, connectionTimeoutMillis: 5_000 });
}

export function postgresAdapter(pool: pg.Pool): SqlMigrationAwareDriverAdapterFactory {
  return new PrismaPg(pool);
}

/** Runs `work` with an adapter for migrations, while no other process migrates. */
export async function withMigrationLock<T>(
  url: string,
  work: (adapter: SqlMigrationAwareDriverAdapterFactory) => Promise<T>,
): Promise<T> {
  const lock = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  const pool = openPool(url, 1);
  // Without the lock another process may migrate too; and without a listener its loss would end this one.
  const lost = new Promise<never>((_resolve, reject) => lock.on('error', reject));
  lost.catch(() => {});
  await lock.connect();
  try {
    // Of the transaction, not of the session: behind a pooler a session outlives its client, and the lock with it.
    await lock.query('BEGIN; SET LOCAL idle_in_transaction_session_timeout = 0');
    await lock.query('SELECT pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
    const adapter = withoutEngineLock(new PrismaPg(pool));
    return await Promise.race([work(sendScriptsWhole(adapter, (script) => pool.query(script))), lost]);
  } finally {
    await pool.end();
    await lock.end();
  }
}
