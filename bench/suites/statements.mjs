import { setTimeout as wait } from 'node:timers/promises';
import { countRoundTrips } from '../lib/count-round-trips.mjs';
import { formatNumber } from '../lib/format-table.mjs';
import { keepAsking } from '../lib/keep-asking.mjs';
import { runSql } from '../lib/start-databases.mjs';
import { askKnowing } from '../lib/start-targets.mjs';

/** So short that no draft is kept, and so long that drafts are all there is. */
const TURNS = { model: 'instant', streams: 4, durationMs: 1000, leastAnswers: 400 };
const TOKENS = { model: 'paced-20x100', streams: 100, durationMs: 100 };
/** PostgreSQL counts a transaction some time after it has ended. */
const COUNTED_MS = 1500;

/**
 * What a turn and its tokens ask of PostgreSQL.
 *
 * @param {import('../lib/create-bench.mjs').Bench} bench
 * @returns {Promise<import('../lib/format-table.mjs').Table[]>}
 */
export async function statements({ start, cleanup }) {
  /** @type {Awaited<ReturnType<typeof countRoundTrips>> | null} */
  let counted = null;
  const served = await start.served({
    reach: async (url) => (counted = await countRoundTrips(url, cleanup)).url,
  });
  const read = () => readCounters(served.databaseUrl, counted?.read());
  const rows = [];
  for (const target of [served, askKnowing(served)]) {
    await keepAsking(target, TURNS);
    rows.push(await measure(target, TURNS, read, 'turn'));
  }
  rows.push(await measure(served, TOKENS, read, 'second'));
  return [
    {
      title: 'PostgreSQL',
      columns: ['', 'turns', 'round trips', 'statements', 'transactions', 'WAL bytes', 'per'],
      rows,
      notes: [
        'Round trips and statements counted on the wire; transactions and WAL by PostgreSQL, which also counts what the',
        'jobs of every second do (see the last row for an upper limit). Second: of 100 streams of 100 tokens each at 20 a',
        'second, from the first question to the last answer, their 200 round trips for turns taken off: drafts, and jobs.',
      ],
    },
  ];
}

/**
 * @param {import('../lib/start-targets.mjs').Target} target
 * @param {import('../lib/keep-asking.mjs').Load} load
 * @param {() => Promise<Counters>} read
 * @param {'turn' | 'second'} per
 */
async function measure(target, load, read, per) {
  await wait(COUNTED_MS);
  const before = await read();
  const { answered, elapsedMs } = await keepAsking(target, load);
  await wait(per === 'turn' ? COUNTED_MS : 0);
  const after = await read();
  const count = (/** @type {keyof Counters} */ key, /** @type {number} */ perTurn) =>
    per === 'turn'
      ? (after[key] - before[key]) / answered
      : (after[key] - before[key] - answered * perTurn) / (elapsedMs / 1000);
  return [
    per === 'turn' ? target.name : `${target.name}, long answers`,
    `${answered}`,
    formatNumber(count('roundTrips', 2), 2),
    formatNumber(count('statements', 2), 2),
    formatNumber(count('transactions', 2), 2),
    formatNumber(count('walBytes', 0), 0),
    per,
  ];
}

/**
 * @typedef {object} Counters
 * @property {number} roundTrips
 * @property {number} statements
 * @property {number} transactions
 * @property {number} walBytes
 */

/**
 * @param {string} databaseUrl
 * @param {import('../lib/count-round-trips.mjs').Traffic} [traffic]
 * @returns {Promise<Counters>}
 */
async function readCounters(databaseUrl, { roundTrips, statements: executed } = { roundTrips: 0, statements: 0 }) {
  // From another database, so that looking is not counted.
  const elsewhere = Object.assign(new URL(databaseUrl), { pathname: '/postgres' }).href;
  const [row] = await runSql(
    elsewhere,
    `SELECT xact_commit + xact_rollback AS transactions, pg_current_wal_lsn() - '0/0'::pg_lsn AS wal
     FROM pg_stat_database WHERE datname = $1`,
    [new URL(databaseUrl).pathname.slice(1)],
  );
  return { roundTrips, statements: executed, transactions: Number(row.transactions), walBytes: Number(row.wal) };
}
