import { formatNumber } from '../lib/format-table.mjs';
import { measureLoad } from '../lib/measure-load.mjs';
import { percentile } from '../lib/percentile.mjs';

/** Alone, an answer ends after two tokens: the first one is what is measured, and there are more of them in the time. */
const LOADS = [
  { model: 'paced-20x2', streams: 1, durationMs: 800, rounds: 4 },
  { model: 'paced-20', streams: 50, durationMs: 4000, settleMs: 1000, rounds: 1 },
];
/** Too much for the embedded database. */
const LARGE_LOAD = { model: 'paced-20', streams: 200, durationMs: 2000, settleMs: 1000, rounds: 2 };

/**
 * How much later a visitor reads the first word than the model's own client would.
 *
 * @param {import('../lib/create-bench.mjs').Bench} bench
 * @returns {Promise<import('../lib/format-table.mjs').Table[]>}
 */
export async function firstToken(bench) {
  const targets = await bench.targets('direct', 'bare', 'storing', 'served', 'knowing', 'embedded');
  const rows = [];
  for (const load of LOADS) rows.push(...describeLoad(load.streams, await measureLoad(targets, load)));
  const served = targets.filter(({ kind }) => kind !== 'embedded');
  rows.push(...describeLoad(LARGE_LOAD.streams, await measureLoad(served, LARGE_LOAD)));
  return [
    {
      title: 'Time to first token',
      columns: ['20 tokens/s', 'streams', 'answers', 'p50 ms', 'p99 ms', 'added p50', 'added p99', 'target’s core'],
      rows,
      notes: [
        'Added: the percentile less that of `direct`, measured in turns. Answers have 2 tokens with 1 stream, else 20, so',
        'with 200 streams there are 200 new turns a second. For 1,000 streams see the suite `streams`.',
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
      one.busyCores === null ? '' : formatShare(one.busyCores),
    ];
  });
}

/** @param {number} cores */
function formatShare(cores) {
  return `${(cores * 100).toFixed(0)} %`;
}
