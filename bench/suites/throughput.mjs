import { formatNumber } from '../lib/format-table.mjs';
import { measureLoad } from '../lib/measure-load.mjs';
import { median } from '../lib/percentile.mjs';
import { profileTargets } from '../lib/profile-targets.mjs';

const LOAD = { model: 'instant', streams: 32, durationMs: 2000, rounds: 2 };

const COLUMNS = [
  'upstream answers at once',
  'answers',
  'answers/s',
  'slowest-fastest',
  'p50 ms',
  'CPU ms/answer',
  'database',
  'cores',
  'events',
];

/**
 * How many answers a second come through when the model takes no time, and what one costs.
 *
 * @param {import('../lib/create-bench.mjs').Bench} bench
 * @returns {Promise<import('../lib/format-table.mjs').Table[]>}
 */
export async function throughput(bench) {
  const targets = await bench.targets('direct', 'bare', 'storing', 'embedded', 'served');
  const rows = (await measureLoad(targets, LOAD)).map(describeTarget);
  /** @type {import('../lib/format-table.mjs').Table} */
  const table = {
    title: 'Answers per second',
    columns: COLUMNS,
    rows,
    notes: [
      `${LOAD.streams} streams, answers of 20 tokens, each written separately, by an upstream that does not wait.`,
      `Answers/s: median of ${LOAD.rounds} rounds, with the slowest and the fastest beside it.`,
      'A target that uses less than one core was waiting for client, upstream or database. Events: text events per answer, after what the target has joined.',
    ],
  };
  return bench.profile ? [table, ...(await profileTargets(targets, LOAD))] : [table];
}

/** @param {import('../lib/measure-load.mjs').Measured} measured */
function describeTarget({ target, answers, answered, answersPerSecond, cpuMs, databaseCpuMs, busyCores }) {
  const perAnswer = (/** @type {number | null} */ ms) => (ms === null ? null : ms / answered);
  const events = answers.reduce((total, answer) => total + answer.events, 0) / answers.length;
  return [
    target.name,
    `${answers.length}`,
    formatNumber(median(answersPerSecond), 0),
    `${formatNumber(Math.min(...answersPerSecond), 0)}-${formatNumber(Math.max(...answersPerSecond), 0)}`,
    formatNumber(median(answers.map((answer) => answer.totalMs)), 1),
    formatNumber(perAnswer(cpuMs), 2, target.pid ? 'n/a' : ''),
    formatNumber(perAnswer(databaseCpuMs), 2, target.database === 'PostgreSQL' ? 'n/a' : ''),
    formatNumber(busyCores, 2, target.pid ? 'n/a' : ''),
    formatNumber(events, 1),
  ];
}
