import { formatNumber } from '../lib/format-table.mjs';
import { measureLoad } from '../lib/measure-load.mjs';
import { percentile } from '../lib/percentile.mjs';

const SIZES = [1000, 1500, 2000];
/** Five seconds to open all streams, three to measure, five until the last answer has ended. */
const LOAD = { model: 'paced-20x100', settleMs: 5000, durationMs: 8000, rounds: 1 };

/**
 * How many streams one core carries: how late tokens are, and how late the first one is, with many at once.
 *
 * @param {import('../lib/create-bench.mjs').Bench} bench
 * @returns {Promise<import('../lib/format-table.mjs').Table[]>}
 */
export async function streams(bench) {
  const [direct, ...targets] = await bench.targets('direct', 'bare', 'storing', 'served');
  const rows = [];
  for (const size of SIZES) {
    // The relays are needed to compare with, the client alone to subtract; not at every size.
    const asked = size === 1000 ? [direct, ...targets] : size === 2000 ? targets : targets.slice(-1);
    const measured = await measureLoad(
      asked.filter((target) => target !== undefined),
      { ...LOAD, streams: size },
    );
    rows.push(...describeSize(size, measured));
  }
  return [
    {
      title: 'Streams on one core',
      columns: [
        '20 tokens/s',
        'streams',
        'tokens',
        'lag p50 ms',
        'p95',
        'p99',
        'first token p50',
        'p99',
        'target’s core',
      ],
      rows,
      notes: [
        'Lag: from the upstream’s writing a token to the client’s reading it. Answers of 100 tokens, begun at even',
        'distances, so that with 1,000 streams there are 200 new turns a second; each from a new visitor.',
      ],
    },
  ];
}

/**
 * @param {number} size
 * @param {import('../lib/measure-load.mjs').Measured[]} measured
 */
function describeSize(size, measured) {
  return measured.map(({ target, lags, answers, busyCores }) => {
    const firstTokens = answers.map((answer) => answer.firstTokenMs);
    return [
      target.name,
      `${size}`,
      `${lags.count()}`,
      formatNumber(lags.percentile(50), 2),
      formatNumber(lags.percentile(95), 2),
      formatNumber(lags.percentile(99), 2),
      formatNumber(percentile(firstTokens, 50), 2),
      formatNumber(percentile(firstTokens, 99), 2),
      busyCores === null ? '' : `${(busyCores * 100).toFixed(0)} %`,
    ];
  });
}
