import { checkCookie } from '../../examples/assets/doctor/check-cookie.js';
import { findingsOf } from '../../examples/assets/doctor/finding.js';
import { examineStream } from '../../examples/assets/doctor/measure-stream.js';

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
  const address = new URL(`/accounts/${account}/agents/${agent}/stream`, backend);
  /** @type {string | null} */
  let setCookie = null;
  const ask = async () => {
    const response = await fetch(address, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream', origin: page.origin },
      body: JSON.stringify({ message: QUESTION }),
      signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
    });
    if (!response.ok) throw new Error(await refusalOf(response));
    setCookie = response.headers.get('set-cookie');
    return response;
  };
  try {
    const streaming = await examineStream(ask);
    return [streaming, checkCookie(setCookie, page, backend)];
  } catch (cause) {
    const { message } = /** @type {Error} */ (cause);
    return [findingsOf('streaming').error(`The agent did not answer: ${message}`, "Look into the server's log.")];
  }
}

/** @param {Response} response */
async function refusalOf(response) {
  const { detail = '' } = /** @type {{detail?: string}} */ (await response.json().catch(() => ({})));
  return `status ${response.status}. ${detail}`.trim();
}
