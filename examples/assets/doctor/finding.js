/**
 * One thing the doctor has looked at. `advice` says what to do about it.
 *
 * @typedef {object} Finding
 * @property {'ok' | 'note' | 'warning' | 'error'} level `error`: visitors do not get the chat, or not as it should be
 * @property {string} check what was looked at, in a few words
 * @property {string} text what was found
 * @property {string} [advice]
 */

/**
 * @param {string} check
 * @returns {Record<Finding['level'], (text: string, advice?: string) => Finding>} one maker a level
 */
export function findingsOf(check) {
  /** @type {(level: Finding['level']) => (text: string, advice?: string) => Finding} */
  const of = (level) => (text, advice) => ({ level, check, text, ...(advice !== undefined && { advice }) });
  return { ok: of('ok'), note: of('note'), warning: of('warning'), error: of('error') };
}
