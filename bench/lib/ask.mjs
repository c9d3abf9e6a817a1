import { ageOfStamp, nowUs } from './clock.mjs';
import { createEventScanner } from './event-scanner.mjs';
import { parseModel, PROMPT_TOKENS, readTokens } from './model.mjs';

/**
 * @typedef {object} Answer
 * @property {number} askedAtMs by `performance.now`
 * @property {number} firstTokenMs from asking to the first text
 * @property {number} totalMs from asking to the end of the response
 * @property {number} events that brought text
 * @property {string | null} messageId of the stored answer, where there is one
 */

/**
 * What to do while an answer comes.
 *
 * @typedef {object} Listener
 * @property {(lagMs: number) => void} [token] called for each; `lagMs`: since the upstream wrote it
 * @property {(turnId: string) => void} [turn]
 */

/** A server that admits no more streams for now. */
export class RefusedError extends Error {
  /**
   * @param {string} message
   * @param {string | undefined} retryAfter
   */
  constructor(message, retryAfter) {
    super(message);
    this.retryAfter = retryAfter;
  }
}

/**
 * Asks once, as a visitor nobody has seen before, and reads the answer to its end.
 *
 * @param {Pick<import('./start-targets.mjs').Target, 'name' | 'wire'>} target
 * @param {string} model
 * @param {import('./open-connection.mjs').Connection} connection
 * @param {Listener} [listener]
 * @returns {Promise<Answer>} rejects when the answer is not the right one, whole, ended once and billed as it should be
 */
export async function ask({ name, wire }, model, connection, { token, turn } = {}) {
  /** @type {import('./wires.mjs').Heard} */
  const heard = { tokens: 0, events: 0, ends: 0, usage: null, problem: null, turnId: null, messageId: null };
  let firstTokenMs = 0;
  let otherText = '';
  const scan = createEventScanner((event, data) => {
    const text = wire.hear(heard, event, data);
    if (event === 'turn' && heard.turnId) turn?.(heard.turnId);
    if (text !== '') hearText(text);
  });
  const fail = (/** @type {string} */ problem) => new Error(`${name} answered "${model}" wrongly: ${problem}`);

  const askedAtMs = performance.now();
  const body = JSON.stringify(wire.body(model));
  const head = await connection
    .post({ path: wire.path(model), body }, (text) => {
      otherText = heard.tokens === 0 ? otherText + text : '';
      scan(text);
    })
    .catch((/** @type {Error} */ error) => {
      throw fail(`after ${heard.tokens} tokens, ${error.message}`);
    });
  if (head.status === 503) throw new RefusedError(fail(otherText).message, head.header('retry-after'));
  if (head.status !== 200) throw fail(`status ${head.status}: ${otherText}`);
  const problem = problemOf(heard, model);
  if (problem) throw fail(problem);
  const totalMs = performance.now() - askedAtMs;
  return { askedAtMs, firstTokenMs, totalMs, events: heard.events, messageId: heard.messageId };

  /** @param {string} text */
  function hearText(text) {
    if (heard.events === 0) firstTokenMs = performance.now() - askedAtMs;
    heard.events += 1;
    const stamps = readTokens(text, heard.tokens);
    if (!stamps) heard.problem ??= `after ${heard.tokens} tokens came ${JSON.stringify(text)}`;
    heard.tokens += stamps?.length ?? 0;
    if (!token || !stamps) return;
    const atUs = nowUs();
    for (const stamp of stamps) token(ageOfStamp(stamp, atUs) / 1000);
  }
}

/**
 * @param {import('./wires.mjs').Heard} heard
 * @param {string} model
 */
function problemOf({ tokens, ends, usage, problem }, model) {
  const expected = parseModel(model).tokens;
  if (problem) return problem;
  if (tokens !== expected) return `it had ${tokens} tokens`;
  if (ends !== 1) return `it ended ${ends} times`;
  if (usage?.prompt_tokens !== PROMPT_TOKENS || usage.completion_tokens !== expected) {
    return `it was billed as ${JSON.stringify(usage)}`;
  }
  return null;
}
