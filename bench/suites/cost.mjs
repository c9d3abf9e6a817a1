import { formatNumber } from '../lib/format-table.mjs';
import { measureLoad } from '../lib/measure-load.mjs';
import { profileTargets } from '../lib/profile-targets.mjs';

/** The same tokens a second, in many turns and in few: two equations for what a turn and a token cost. */
const SHORT = { model: 'paced-20', streams: 200, durationMs: 2000, rounds: 2 };
/** Each stream asks once. */
const LONG = { model: 'paced-20x60', streams: 200, durationMs: 1000, rounds: 1 };

/**
 * What the target's process spends on a token, and on a turn beside its tokens.
 *
 * @param {import('../lib/create-bench.mjs').Bench} bench
 * @returns {Promise<import('../lib/format-table.mjs').Table[]>}
 */
export async function cost(bench) {
  const targets = await bench.targets('bare', 'storing', 'served', 'knowing');
  const short = await measureLoad(targets, SHORT);
  const long = await measureLoad(targets, LONG);
  const costs = targets.map((_, index) => solve(short[index], long[index]));
  const [bare] = costs;
  /** @type {import('../lib/format-table.mjs').Table} */
  const table = {
    title: 'CPU time of the target',
    columns: ['200 streams', 'turns', 'tokens', 'µs/token', 'times bare', 'µs/turn', 'database µs/turn'],
    rows: targets.map((target, index) => {
      const { perToken, perTurn, database, turns, tokens } = costs[index] ?? UNKNOWN;
      return [
        target.name,
        `${turns}`,
        `${tokens}`,
        formatNumber(perToken, 1),
        formatNumber(perToken === null || !bare?.perToken ? null : perToken / bare.perToken, 2),
        formatNumber(perTurn, 0),
        formatNumber(database, 0, ''),
      ];
    }),
    notes: [
      'Solved from two loads of 4,000 tokens a second: 200 turns a second of 20 tokens, and 67 of 60. µs/turn: beside its',
      'tokens. Keeping drafts is in the price of tokens. Database: PostgreSQL’s, in all, per turn of 20 tokens.',
    ],
  };
  return bench.profile ? [table, ...(await profileTargets(targets, LONG))] : [table];
}

/**
 * @typedef {object} Cost
 * @property {number | null} perToken microseconds
 * @property {number | null} perTurn microseconds
 * @property {number | null} database microseconds
 * @property {number} turns
 * @property {number} tokens
 */

/** @type {Cost} */
const UNKNOWN = { perToken: null, perTurn: null, database: null, turns: 0, tokens: 0 };

/**
 * @param {import('../lib/measure-load.mjs').Measured | undefined} short
 * @param {import('../lib/measure-load.mjs').Measured | undefined} long
 * @returns {Cost}
 */
function solve(short, long) {
  if (!short || !long) return UNKNOWN;
  const counts = { turns: short.answered + long.answered, tokens: short.tokens + long.tokens };
  if (short.cpuMs === null || long.cpuMs === null) return { ...UNKNOWN, ...counts };
  const determinant = short.answered * long.tokens - long.answered * short.tokens;
  return {
    ...counts,
    perToken: ((short.answered * long.cpuMs - long.answered * short.cpuMs) / determinant) * 1000,
    perTurn: ((long.tokens * short.cpuMs - short.tokens * long.cpuMs) / determinant) * 1000,
    database: short.databaseCpuMs === null ? null : (short.databaseCpuMs / short.answered) * 1000,
  };
}
