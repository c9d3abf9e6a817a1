import { measureLoad } from './measure-load.mjs';
import { askKnowing, createStarters } from './start-targets.mjs';

/**
 * What suites share.
 *
 * @typedef {object} Bench
 * @property {(...kinds: import('./start-targets.mjs').Kind[]) => Promise<import('./start-targets.mjs').Target[]>} targets
 *   those of the given kinds, in this order; started by the first suite that asks
 * @property {import('./start-targets.mjs').Starters} start for suites that need a process of their own
 * @property {import('./create-cleanup.mjs').Cleanup} cleanup
 * @property {boolean} profile whether to record where CPU time goes
 * @property {string[]} pages see `Choice`
 */

/** Until what runs once a turn is compiled, also on a machine that is busy otherwise. */
const WARM_UP = { model: 'instant', streams: 16, durationMs: 1500, leastAnswers: 600, rounds: 1 };

/**
 * @param {import('./create-cleanup.mjs').Cleanup} cleanup
 * @param {Pick<Bench, 'profile' | 'pages'>} choice
 * @returns {Bench}
 */
export function createBench(cleanup, { profile, pages }) {
  /** @type {Promise<import('./start-targets.mjs').Target[]> | null} */
  let starting = null;
  const start = createStarters(cleanup);
  return {
    async targets(...kinds) {
      const all = await (starting ??= startAll());
      return kinds.flatMap((kind) => all.filter((target) => target.kind === kind));
    },
    start,
    cleanup,
    profile,
    pages,
  };

  async function startAll() {
    // Some suites look at what happens past the limit.
    const served = await start.served({ chat: { max_live_turns: 100_000 } });
    const targets = [
      await start.direct(),
      await start.bareRelay(),
      await start.storingRelay(),
      await start.embedded(),
      served,
      askKnowing(served),
    ];
    await measureLoad(targets, WARM_UP);
    return targets;
  }
}
