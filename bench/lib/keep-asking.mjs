import { Agent } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { ask } from './ask.mjs';
import { parseModel } from './model.mjs';

/** Whatever happens, one round ends. */
const MAX_ANSWERS = 100_000;

/**
 * @typedef {object} Round
 * @property {import('./ask.mjs').Answer[]} answers
 * @property {number} elapsedMs until the last answer had ended
 */

/**
 * Keeps a number of streams open: each asks again as soon as it has its answer. Paced streams start spread over the
 * length of an answer, as visitors would.
 *
 * @param {import('./start-targets.mjs').Target} target
 * @param {{ model: string, streams: number, durationMs: number }} load
 * @returns {Promise<Round>}
 */
export async function keepAsking(target, { model, streams, durationMs }) {
  const agent = new Agent({ keepAlive: true, maxSockets: streams });
  const { pieces, pauseMs } = parseModel(model);
  const answerMs = pieces.length * pauseMs;
  /** @type {import('./ask.mjs').Answer[]} */
  const answers = [];
  const startedAt = performance.now();
  const isOver = () => performance.now() - startedAt >= durationMs || answers.length >= MAX_ANSWERS;

  try {
    await Promise.all(
      Array.from({ length: streams }, async (_, index) => {
        if (index > 0) await wait((answerMs * index) / streams);
        while (!isOver()) answers.push(await ask(target, model, agent));
      }),
    );
  } finally {
    agent.destroy();
  }
  return { answers, elapsedMs: performance.now() - startedAt };
}
