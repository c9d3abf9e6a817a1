import { measureLoad } from './measure-load.mjs';
import { startTargets } from './start-targets.mjs';

/**
 * What suites share.
 *
 * @typedef {object} Bench
 * @property {() => Promise<import('./start-targets.mjs').Target[]>} targets started by the first suite that asks
 * @property {import('./create-cleanup.mjs').Cleanup} cleanup
 * @property {boolean} profile whether to record where CPU time goes
 */

const WARM_UP = { model: 'instant', streams: 16, durationMs: 1500, rounds: 1 };

/**
 * @param {import('./create-cleanup.mjs').Cleanup} cleanup
 * @param {boolean} profile
 * @returns {Bench}
 */
export function createBench(cleanup, profile) {
  /** @type {Promise<import('./start-targets.mjs').Target[]> | null} */
  let starting = null;
  return { targets: () => (starting ??= start()), cleanup, profile };

  async function start() {
    const { targets, notes } = await startTargets(cleanup);
    for (const note of notes) console.log(`${note}\n`);
    await measureLoad(targets, WARM_UP);
    return targets;
  }
}
