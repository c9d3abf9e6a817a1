/**
 * @typedef {object} Choice
 * @property {import('../suites/index.mjs').Suite[]} suites
 * @property {boolean} profile
 */

/**
 * Names of suites or of groups, in any order; none means all.
 *
 * @param {string[]} given
 * @param {import('../suites/index.mjs').Suite[]} suites
 * @returns {Choice}
 */
export function readArguments(given, suites) {
  const names = given.filter((argument) => argument !== '--profile' && argument !== '--');
  const isMeant = (/** @type {import('../suites/index.mjs').Suite} */ { name, group }) =>
    names.includes(name) || names.includes(group);
  const known = new Set(suites.flatMap(({ name, group }) => [name, group]));
  const unknown = names.find((name) => !known.has(name));
  if (unknown) throw new Error(`there is no suite "${unknown}": ${[...known].join(', ')}, or --profile`);
  return {
    suites: names.length === 0 ? suites : suites.filter(isMeant),
    profile: given.includes('--profile'),
  };
}
