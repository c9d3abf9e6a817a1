const STEPS_PER_MS = 20;
/** Whatever is later is as good as lost. */
const MAX_MS = 20_000;

/**
 * Millions of delays, by their size, to a twentieth of a millisecond.
 *
 * @typedef {object} Lags
 * @property {(ms: number) => void} add
 * @property {() => number} count
 * @property {(percent: number) => number} percentile in milliseconds; NaN when there are none
 */

/** @returns {Lags} */
export function createLags() {
  const counts = new Uint32Array(MAX_MS * STEPS_PER_MS + 1);
  let total = 0;
  return {
    add(ms) {
      const step = Math.min(Math.round(ms * STEPS_PER_MS), counts.length - 1);
      counts[step] = (counts[step] ?? 0) + 1;
      total += 1;
    },
    count: () => total,
    percentile(percent) {
      let missing = Math.ceil((percent / 100) * total);
      const step = counts.findIndex((count) => (missing -= count) <= 0);
      return total === 0 ? Number.NaN : step / STEPS_PER_MS;
    },
  };
}
