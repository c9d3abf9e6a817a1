// A model's name says what the upstream answers: `instant`, or `paced-20` for 20 tokens a second; `paced-20x200` has 200
// tokens instead of 20. Upstream and client both read it, so that every answer can be checked.
import { STAMP_LENGTH } from './clock.mjs';

const DEFAULT_TOKENS = 20;
/** A character of two bytes, and a line end that an event cannot hold as it is. */
const MARKS = 'abcdefghijklmnopqrstuvwxyzé\n';
const TOKEN_LENGTH = STAMP_LENGTH + 1;

/**
 * @typedef {object} Model
 * @property {number} tokens
 * @property {number} pauseMs between two tokens; 0: none
 */

/**
 * @param {string} name
 * @returns {Model}
 */
export function parseModel(name) {
  const [, perSecond, tokens] = /^(?:instant|paced-(\d+(?:\.\d+)?))(?:x(\d+))?$/.exec(name) ?? fail(name);
  return {
    tokens: tokens ? Number(tokens) : DEFAULT_TOKENS,
    pauseMs: perSecond ? 1000 / Number(perSecond) : 0,
  };
}

/** What every question is billed for. */
export const PROMPT_TOKENS = 100;

/**
 * What a token ends with; it begins with the time at which it was written.
 *
 * @param {number} index
 */
export function markOf(index) {
  return MARKS.charAt(index % MARKS.length);
}

/**
 * Cuts text into tokens. Checks that each is the one that comes next.
 *
 * @param {string} text whole tokens
 * @param {number} first index of the first one
 * @returns {string[] | null} their stamps; null: wrong text
 */
export function readTokens(text, first) {
  if (text.length % TOKEN_LENGTH !== 0) return null;
  const stamps = [];
  for (let start = 0; start < text.length; start += TOKEN_LENGTH) {
    if (text[start + STAMP_LENGTH] !== markOf(first + stamps.length)) return null;
    stamps.push(text.slice(start, start + STAMP_LENGTH));
  }
  return stamps;
}

/**
 * @param {string} name
 * @returns {never}
 */
function fail(name) {
  throw new Error(`there is no model "${name}": instant, paced-20, paced-20x200`);
}
