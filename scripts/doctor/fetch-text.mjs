import { ExplainedError } from '../toolchain/explained-error.mjs';

const TIMEOUT_MS = 20_000;
const MAX_BYTES = 5_000_000;

/**
 * @param {URL} address
 * @param {Record<string, string>} [headers]
 * @returns {Promise<{response: Response, text: string}>} whatever the status is
 * @throws {ExplainedError} when there is no answer
 */
export async function fetchText(address, headers = {}) {
  try {
    const response = await fetch(address, { headers, signal: AbortSignal.timeout(TIMEOUT_MS) });
    return { response, text: await readText(response) };
  } catch (error) {
    throw new ExplainedError(`${address.href} could not be fetched: ${reasonOf(error)}`);
  }
}

/** @param {Response} response */
async function readText(response) {
  let text = '';
  let bytes = 0;
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > MAX_BYTES) throw new Error(`it is larger than ${MAX_BYTES / 1e6} MB`);
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

/** @param {unknown} error */
function reasonOf(error) {
  const { message, cause } = /** @type {Error} */ (error);
  return cause instanceof Error && cause.message ? cause.message : message;
}
