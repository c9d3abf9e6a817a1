const BASE_MS = 1_000;
const CAP_MS = 30_000;

/**
 * How long to wait before attempt `attempt` (from 0): full jitter, so that a thousand widgets whose server has just
 * come back do not all call in the same second.
 * https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export function backOffMs(attempt: number, random: () => number = Math.random): number {
  return random() * Math.min(CAP_MS, BASE_MS * 2 ** attempt);
}
