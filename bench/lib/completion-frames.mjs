import { stampNow } from './clock.mjs';
import { markOf, parseModel, PROMPT_TOKENS } from './model.mjs';

/** The head of every answer. */
export const RESPONSE_HEAD =
  'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n';
export const RESPONSE_END = '0\r\n\r\n';

/**
 * An answer, ready to be written.
 *
 * @typedef {object} Script
 * @property {number} pauseMs
 * @property {number} length in tokens
 * @property {(index: number) => string} frame the bytes of one token, stamped with the time; each is an HTTP chunk, and
 *   the last one brings everything that closes an answer
 */

/**
 * OpenAI's chat-completions wire.
 *
 * @param {string} model
 * @returns {Script}
 */
export function createScript(model) {
  const { tokens, pauseMs } = parseModel(model);
  // Only the stamp differs from one answer to the next.
  const halves = Array.from({ length: tokens }, (_, index) => cutAtStamp(eventsOf(model, tokens, index)));
  return {
    pauseMs,
    length: tokens,
    frame(index) {
      const [before = '', after = ''] = halves[index] ?? [];
      return before + stampNow() + after;
    },
  };
}

const STAMP_PLACE = '00000';

/**
 * @param {string} model
 * @param {number} tokens
 * @param {number} index
 */
function eventsOf(model, tokens, index) {
  const head = { id: 'chatcmpl-bench', object: 'chat.completion.chunk', created: 1_767_225_600, model };
  const content = STAMP_PLACE + markOf(index);
  const delta = index === 0 ? { role: 'assistant', content } : { content };
  const chunk = formatEvent({ ...head, choices: [{ index: 0, delta, finish_reason: null }] });
  if (index < tokens - 1) return chunk;
  const usage = { prompt_tokens: PROMPT_TOKENS, completion_tokens: tokens, total_tokens: PROMPT_TOKENS + tokens };
  const stop = formatEvent({ ...head, choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] });
  return `${chunk}${stop}${formatEvent({ ...head, choices: [], usage })}data: [DONE]\n\n`;
}

/** @param {string} events */
function cutAtStamp(events) {
  const frame = `${Buffer.byteLength(events).toString(16)}\r\n${events}\r\n`;
  const place = frame.indexOf(`"${STAMP_PLACE}`) + 1;
  return [frame.slice(0, place), frame.slice(place + STAMP_PLACE.length)];
}

/** @param {object} chunk */
function formatEvent(chunk) {
  return `data: ${JSON.stringify(chunk)}\n\n`;
}
