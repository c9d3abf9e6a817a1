import { setTimeout as wait } from 'node:timers/promises';
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

/** How long a pooler may take to give a second connection before it is taken to have only one. */
const SECOND_CONNECTION_MS = 5_000;

/**
 * Runs `work` with an adapter for migrations, while no other process migrates. The lock has a connection to itself; behind
 * a pooler that has only one, everything is done in the lock's own transaction.
 */
export async function withMigrationLock<T>(
  url: string,
  work: (adapter: SqlMigrationAwareDriverAdapterFactory) => Promise<T>,
): Promise<T> {
  // Of one connection, so whoever uses it next goes on in the transaction that was begun on it.
  const locking = openPool(url, 1);
  const migrating = openPool(url, 1);
  // Without the lock another process may migrate too; and without a listener its loss would end this one.
  const lost = new Promise<never>((_resolve, reject) => locking.on('error', reject));
  lost.catch(() => {});
  migrating.on('error', () => {});
  try {
    // Of the transaction, not of the session: behind a pooler a session outlives its client, and the lock with it.
    await locking.query('BEGIN; SET LOCAL idle_in_transaction_session_timeout = 0');
    await locking.query('SELECT pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
    const pool = (await answersWithin(migrating, SECOND_CONNECTION_MS)) ? migrating : locking;
    const adapter = withoutEngineLock(new PrismaPg(pool));
    const result = await Promise.race([work(sendScriptsWhole(adapter, (script) => pool.query(script))), lost]);
    await locking.query('COMMIT');
    return result;
  } finally {
    // What was not committed is undone.
    await locking.end();
    await migrating.end();
  }
}

async function answersWithin(pool: pg.Pool, ms: number): Promise<boolean> {
  const timer = new AbortController();
  try {
    const answered = pool.query('SELECT 1').then(() => true);
    // It may come too late, when nobody waits for it any more.
    answered.catch(() => {});
    return await Promise.race([answered, wait(ms, false, { signal: timer.signal })]);
  } finally {
    timer.abort();
  }
}
