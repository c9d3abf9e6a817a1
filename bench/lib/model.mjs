// A model's name says what the upstream answers: `instant`, or `paced-20` for 20 tokens a second; `paced-20x2` stops after
// two tokens. Upstream and client both read it, so that every answer can be checked.

const DEFAULT_TOKENS = 20;
const WORDS = 'You can return it within thirty days – unused, in its box – and we pay the way back to us'.split(' ');

/**
 * @typedef {object} Model
 * @property {string[]} pieces the answer, token by token
 * @property {number} pauseMs between two tokens; 0: none
 */

/**
 * @param {string} name
 * @returns {Model}
 */
export function parseModel(name) {
  const [, perSecond, tokens] = /^(?:instant|paced-(\d+))(?:x(\d+))?$/.exec(name) ?? fail(name);
  return {
    pieces: answerPieces(tokens ? Number(tokens) : DEFAULT_TOKENS),
    pauseMs: perSecond ? 1000 / Number(perSecond) : 0,
  };
}

/** What every question is billed for. */
export const PROMPT_TOKENS = 100;

/** @param {number} count */
function answerPieces(count) {
  return Array.from({ length: count }, (_, index) => `${index === 0 ? '' : ' '}${WORDS[index % WORDS.length]}`);
}

/**
 * @param {string} name
 * @returns {never}
 */
function fail(name) {
  throw new Error(`there is no model "${name}": instant, paced-20, paced-20x2`);
}
