import { setImmediate as nextLoop } from 'node:timers/promises';

/** Finer than this, timers of Node are not. */
const TICK_MS = 1;

/**
 * An answer under way.
 *
 * @typedef {object} Paced
 * @property {number} pauseMs
 * @property {() => boolean} step writes the next token; false: that was the last
 */

/**
 * Paces any number of answers with one timer: thousands of timers cost more than what is written.
 *
 * @returns {(paced: Paced) => void} starts one; its first step comes at once
 */
export function createPacer() {
  /** @type {Set<{ paced: Paced, dueAt: number }>} */
  const running = new Set();
  let ticking = false;

  return (paced) => {
    if (paced.pauseMs === 0) {
      void hurry(paced);
    } else if (paced.step()) {
      running.add({ paced, dueAt: performance.now() + paced.pauseMs });
      if (!ticking) schedule();
    }
  };

  function schedule() {
    ticking = true;
    setTimeout(tick, TICK_MS);
  }

  function tick() {
    const now = performance.now();
    for (const one of running) {
      if (one.dueAt > now) continue;
      // Against the plan, so that late timers do not add up.
      one.dueAt += one.paced.pauseMs;
      if (!one.paced.step()) running.delete(one);
    }
    ticking = running.size > 0;
    if (ticking) schedule();
  }
}

/**
 * Without a pause each token is still a write of its own.
 *
 * @param {Paced} paced
 */
async function hurry(paced) {
  while (paced.step()) await nextLoop();
}
