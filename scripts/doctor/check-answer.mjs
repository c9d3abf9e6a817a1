import { checkCookie } from '../../examples/assets/doctor/check-cookie.js';
import { findingsOf } from '../../examples/assets/doctor/finding.js';
import { judgeStream, measureStream } from '../../examples/assets/doctor/measure-stream.js';

/** @typedef {import('../../examples/assets/doctor/finding.js').Finding} Finding */

const QUESTION = 'What can you help me with?';
const ANSWER_TIMEOUT_MS = 90_000;

/**
 * Asks the agent one question, as a new visitor of the page, and watches the answer and the cookie come.
 *
 * @param {import('../../examples/assets/doctor/find-installations.js').Installation} installation
 * @param {URL} page
 * @returns {Promise<Finding[]>}
 */
export async function checkAnswer({ backend, account, agent }, page) {
  const { error } = findingsOf('streaming');
  const startedAt = performance.now();
  try {
    const response = await fetch(new URL(`/accounts/${account}/agents/${agent}/stream`, backend), {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream', origin: page.origin },
      body: JSON.stringify({ message: QUESTION }),
      signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
    });
    if (!response.ok) {
      const { detail = '' } = /** @type {{detail?: string}} */ (await response.json().catch(() => ({})));
      return [error(`The agent answers ${response.status}. ${detail}`, "Look into the server's log.")];
    }
    const times = await measureStream(response, () => performance.now() - startedAt);
    return [judgeStream(times), checkCookie(response.headers.get('set-cookie'), page, backend)];
  } catch (cause) {
    return [
      error(`The answer broke off: ${/** @type {Error} */ (cause).message}`, 'Try again; then ask with curl -N.'),
    ];
  }
}
