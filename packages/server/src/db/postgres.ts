import { setTimeout as wait } from 'node:timers/promises';
import { PrismaPg } from '@prisma/adapter-pg';
import type { SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import pg from 'pg';
import { persistently } from './persistently.ts';
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

/** Well below the second after which PostgreSQL looks for deadlocks. */
const LOCK_TIMEOUT_MS = 200;
/** Longer than any statement of the product may run. */
const GIVE_WAY_MS = 120_000;

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
    const send = pool === locking ? (script: string) => pool.query(script) : (script: string) => giveWay(pool, script);
    const result = await Promise.race([work(sendScriptsWhole(adapter, send)), lost]);
    await locking.query('COMMIT');
    return result;
  } finally {
    // What was not committed is undone.
    await locking.end();
    await migrating.end();
  }
}

/**
 * Runs a script as one transaction that gives way to turns under way: rather than wait for a lock while it holds others, it
 * undoes what it has and begins again. A turn that waits for one of those would else be ended, by the check for deadlocks
 * after a second, as well as it might.
 */
function giveWay(pool: pg.Pool, script: string): Promise<unknown> {
  const send = () => pool.query(`SET LOCAL lock_timeout = ${LOCK_TIMEOUT_MS};\n${script}`);
  return persistently(GIVE_WAY_MS, send, isRefusedLock);
}

function isRefusedLock(error: unknown): boolean {
  return /^(55P03|40P01)$/.test(String((error as { code?: unknown }).code));
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
