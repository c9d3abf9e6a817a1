import { formatNumber } from '../lib/format-table.mjs';
import { measureLoad } from '../lib/measure-load.mjs';
import { percentile } from '../lib/percentile.mjs';

/** Alone, an answer ends after two tokens: the first one is what is measured, and there are more of them in the time. */
const LOADS = [
  { model: 'paced-20x2', streams: 1, durationMs: 1200, rounds: 5 },
  { model: 'paced-20', streams: 50, durationMs: 3000, rounds: 2 },
];

const COLUMNS = [
  '20 tokens/s',
  'streams',
  'answers',
  'p50 ms',
  'p99 ms',
  'added p50',
  'added p99',
  'CPU ms/answer',
  'database',
];

/**
 * How much later a visitor reads the first word than the model's own client would.
 *
 * @param {import('../lib/create-bench.mjs').Bench} bench
 * @returns {Promise<import('../lib/format-table.mjs').Table[]>}
 */
export async function firstToken(bench) {
  const targets = await bench.targets();
  const rows = [];
  for (const load of LOADS) rows.push(...describeLoad(load.streams, await measureLoad(targets, load)));
  return [
    {
      title: 'Time to first token',
      columns: COLUMNS,
      rows,
      notes: [
        'Added: the percentile less that of `direct`, measured in turns.',
        'Answers have 2 tokens with 1 stream, 20 with 50.',
        'CPU: of the target, user and system; database: of PostgreSQL beside it (embedded, it is inside).',
      ],
    },
  ];
}

/**
 * @param {number} streams
 * @param {import('../lib/measure-load.mjs').Measured[]} measured the first one is `direct`
 */
function describeLoad(streams, measured) {
  const at = (
    /** @type {import('../lib/measure-load.mjs').Measured | undefined} */ of,
    /** @type {number} */ percent,
  ) =>
    percentile(
      (of?.answers ?? []).map((answer) => answer.firstTokenMs),
      percent,
    );
  const [direct] = measured;
  return measured.map((one) => {
    const added = (/** @type {number} */ percent) =>
      one === direct ? '' : formatNumber(at(one, percent) - at(direct, percent), 2);
    return [
      one.target.name,
      `${streams}`,
      `${one.answers.length}`,
      formatNumber(at(one, 50), 2),
      formatNumber(at(one, 99), 2),
      added(50),
      added(99),
      formatNumber(one.cpuMsPerAnswer, 2, one.target.pid ? 'n/a' : ''),
      formatNumber(one.databaseCpuMsPerAnswer, 2, one.target.database === 'PostgreSQL' ? 'n/a' : ''),
    ];
  });
}
