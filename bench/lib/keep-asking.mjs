import { setTimeout as wait } from 'node:timers/promises';
import { ask } from './ask.mjs';
import { createLags } from './create-lags.mjs';
import { parseModel } from './model.mjs';
import { openConnection } from './open-connection.mjs';

/**
 * @typedef {object} Load
 * @property {string} model
 * @property {number} streams open at once
 * @property {number} durationMs after which nothing more is asked; each stream asks at least once
 * @property {number} [leastAnswers] for which it goes on longer
 * @property {number} [settleMs] after which all streams are open and counting begins; none: from the start
 */

/**
 * @typedef {object} Round
 * @property {import('./ask.mjs').Answer[]} answers asked for after `settleMs`
 * @property {number} answered in all
 * @property {number} elapsedMs until the last answer had ended
 * @property {import('./create-lags.mjs').Lags} lags of the tokens that came between `settleMs` and `durationMs`
 */

/**
 * Keeps a number of streams open: each asks again as soon as it has its answer. Paced streams start spread over the
 * length of an answer, as visitors would.
 *
 * @param {import('./start-targets.mjs').Target} target
 * @param {Load} load
 * @returns {Promise<Round>}
 */
export async function keepAsking(target, { model, streams, durationMs, leastAnswers = 0, settleMs = 0 }) {
  const { tokens, pauseMs } = parseModel(model);
  const answerMs = tokens * pauseMs;
  const connections = await Promise.all(Array.from({ length: streams }, () => openConnection(target.url)));
  const lags = createLags();
  /** @type {import('./ask.mjs').Answer[]} */
  const answers = [];
  let answered = 0;
  const startedAt = performance.now();
  const elapsed = () => performance.now() - startedAt;
  const token = (/** @type {number} */ lagMs) => {
    const now = elapsed();
    if (now >= settleMs && now < durationMs) lags.add(lagMs);
  };

  try {
    await Promise.all(
      connections.map(async (connection, index) => {
        if (index > 0 && answerMs > 0) await wait((answerMs * index) / streams);
        do {
          const answer = await ask(target, model, connection, { token });
          answered += 1;
          if (answer.askedAtMs - startedAt >= settleMs) answers.push(answer);
        } while (elapsed() < durationMs || answered < leastAnswers);
      }),
    );
  } finally {
    for (const connection of connections) connection.close();
  }
  return { answers, answered, elapsedMs: elapsed(), lags };
}
