import { setTimeout as wait } from 'node:timers/promises';
import { isDatabaseUnavailable } from './database-unavailable.ts';

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 2_000;

/**
 * Tries again while the database cannot be reached, or for the faults of `isPassing`. `work` must be safe to repeat: a
 * connection can break after the commit and before the answer.
 *
 * @throws what `work` threw last, when it is another fault or `limitMs` have passed
 */
export async function persistently<T>(
  limitMs: number,
  work: () => Promise<T>,
  isPassing: (error: unknown) => boolean = isDatabaseUnavailable,
): Promise<T> {
  const until = performance.now() + limitMs;
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    try {
      return await work();
    } catch (error) {
      if (!isPassing(error) || performance.now() + pauseMs > until) throw error;
      await wait(pauseMs);
    }
  }
}
