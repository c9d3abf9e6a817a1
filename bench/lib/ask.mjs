import { request } from 'node:http';
import { createEventScanner } from './event-scanner.mjs';
import { parseModel, PROMPT_TOKENS } from './model.mjs';

/** Longer than any answer here takes on a loaded machine. */
const ANSWER_LIMIT_MS = 20_000;

/**
 * @typedef {object} Answer
 * @property {number} firstTokenMs from asking to the first text
 * @property {number} totalMs from asking to the end of the response
 * @property {number} events that brought text
 */

/**
 * Asks once, as a visitor nobody has seen before, and reads the answer to its end.
 *
 * @param {Pick<import('./start-targets.mjs').Target, 'name' | 'url' | 'wire'>} target
 * @param {string} model
 * @param {import('node:http').Agent} agent
 * @returns {Promise<Answer>} rejects when the answer is not the right one, whole, ended once and billed as it should be
 */
export function ask({ name, url, wire }, model, agent) {
  return new Promise((resolve, reject) => {
    const fail = (/** @type {string} */ problem) =>
      reject(new Error(`${name} answered "${model}" wrongly: ${problem}`));
    const body = JSON.stringify(wire.body(model));
    const headers = { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) };
    /** @type {import('./wires.mjs').Heard} */
    const heard = { text: '', events: 0, ends: 0, usage: null, problem: null };
    let firstTokenMs = 0;

    const startedAt = performance.now();
    const asked = request(new URL(wire.path(model), url), { method: 'POST', headers, agent }, (response) => {
      if (response.statusCode !== 200) heard.problem = `status ${response.statusCode}`;
      const scan = createEventScanner((event, data) => {
        wire.hear(heard, event, data);
        if (firstTokenMs === 0 && heard.events > 0) firstTokenMs = performance.now() - startedAt;
      });
      response.setEncoding('utf8').on('data', scan);
      response.once('error', (error) => fail(error.message));
      response.once('end', () => {
        clearTimeout(limit);
        const problem = problemOf(heard, model);
        if (problem) fail(problem);
        else resolve({ firstTokenMs, totalMs: performance.now() - startedAt, events: heard.events });
      });
    });
    const limit = setTimeout(() => asked.destroy(new Error(`took over ${ANSWER_LIMIT_MS / 1000} s`)), ANSWER_LIMIT_MS);
    asked.once('error', (error) => {
      clearTimeout(limit);
      fail(error.message);
    });
    asked.end(body);
  });
}

/**
 * @param {import('./wires.mjs').Heard} heard
 * @param {string} model
 */
function problemOf({ text, ends, usage, problem }, model) {
  const { pieces } = parseModel(model);
  if (problem) return problem;
  if (text !== pieces.join('')) return `the text is ${JSON.stringify(text)}`;
  if (ends !== 1) return `it ended ${ends} times`;
  if (usage?.prompt_tokens !== PROMPT_TOKENS || usage.completion_tokens !== pieces.length) {
    return `it was billed as ${JSON.stringify(usage)}`;
  }
  return null;
}
