/**
 * By nearest rank: always a value that was measured.
 *
 * @param {number[]} values at least one
 * @param {number} percent 0 to 100
 * @returns {number}
 */
export function percentile(values, percent) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? Number.NaN;
}

/** @param {number[]} values */
export function median(values) {
  return percentile(values, 50);
}
