import { findingsOf } from './finding.js';

/**
 * When the pieces of one answer arrived, in milliseconds from the request.
 *
 * @typedef {object} StreamTimes
 * @property {number | null} turnAtMs the first event, which leaves before the model is asked
 * @property {number[]} messageAtMs
 * @property {number | null} doneAtMs
 * @property {number | null} latencyMs how long the answer took on the server, by its own clock
 * @property {string | null} fault the server's own sentence about an error
 */

/** An answer that took less cannot tell a slow way from a short answer. */
const TELLING_MS = 150;
/** A way that collects lets nothing through until the end; ordinary jitter keeps far more than this. */
const COLLECTED_SHARE = 0.35;
const { ok, note, error } = findingsOf('streaming');

/**
 * Asks, watches the answer come, and asks once more before it says that something collects it: a machine that is busy
 * for a moment reads late too.
 *
 * @param {() => Promise<Response>} ask
 * @returns {Promise<import('./finding.js').Finding>}
 */
export async function examineStream(ask) {
  const times = await measureAnswer(ask);
  return judgeStream(isCollected(times) ? await measureAnswer(ask) : times);
}

/** @param {() => Promise<Response>} ask */
async function measureAnswer(ask) {
  const startedAt = performance.now();
  return measureStream(await ask(), () => performance.now() - startedAt);
}

/**
 * Reads an answer as it arrives.
 *
 * @param {Response} response of `A/stream`
 * @param {() => number} sinceRequestMs
 * @returns {Promise<StreamTimes>}
 */
export async function measureStream(response, sinceRequestMs) {
  /** @type {StreamTimes} */
  const times = { turnAtMs: null, messageAtMs: [], doneAtMs: null, latencyMs: null, fault: null };
  if (!response.body) return times;
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
    const atMs = sinceRequestMs();
    const events = (text + piece.value).split('\n\n');
    text = events.pop() ?? '';
    for (const event of events) noteEvent(times, event, atMs);
  }
  return times;
}

/**
 * @param {StreamTimes} times
 * @param {string} event
 * @param {number} atMs
 */
function noteEvent(times, event, atMs) {
  const kind = /^event: ?(.*)$/m.exec(event)?.[1];
  const data = /^data: ?(.*)$/m.exec(event)?.[1] ?? '';
  if (kind === 'turn') times.turnAtMs = atMs;
  if (kind === 'message') times.messageAtMs.push(atMs);
  if (kind === 'error') times.fault = JSON.parse(data).detail ?? 'The answer failed.';
  if (kind === 'done') {
    times.doneAtMs = atMs;
    times.latencyMs = JSON.parse(data).usage?.latency_ms ?? null;
  }
}

/**
 * Whether the answer came piece by piece. The server says how long it took; if the reader saw all of it in much less
 * time, something on the way had collected it.
 *
 * @param {StreamTimes} times
 * @returns {import('./finding.js').Finding}
 */
export function judgeStream(times) {
  const { turnAtMs, messageAtMs, doneAtMs, latencyMs, fault } = times;
  if (fault !== null) return error(`The agent did not answer: ${fault}`, 'Look into the log of the Salient server.');
  if (turnAtMs === null || doneAtMs === null) {
    return error(
      'The answer was no whole event stream.',
      'Something on the way cuts or rewrites it. Ask the server directly with curl -N to see where.',
    );
  }
  const seenMs = Math.round(doneAtMs - turnAtMs);
  const tookMs = Math.round(latencyMs ?? seenMs);
  if (tookMs < TELLING_MS) return note(`The answer took ${tookMs} ms, too short to see whether the way collects it.`);
  if (isCollected(times)) {
    return error(
      `The answer took ${tookMs} ms on the server and arrived within ${seenMs} ms: something on the way collects it.`,
      'In nginx set "proxy_buffering off;" for the Salient server, and do not compress text/event-stream anywhere.',
    );
  }
  return ok(
    `The answer streams: ${messageAtMs.length} pieces over ${seenMs} ms, the first event after ${Math.round(turnAtMs)} ms.`,
  );
}

/** @param {StreamTimes} times */
function isCollected({ turnAtMs, doneAtMs, latencyMs }) {
  if (turnAtMs === null || doneAtMs === null || latencyMs === null || latencyMs < TELLING_MS) return false;
  return doneAtMs - turnAtMs < latencyMs * COLLECTED_SHARE;
}
