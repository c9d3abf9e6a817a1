/**
 * @typedef {object} Choice
 * @property {import('../suites/index.mjs').Suite[]} suites
 * @property {boolean} profile
 * @property {string[]} pages of the suite `lighthouse`; none means all
 */

/**
 * Names of suites or of groups, in any order; none means all. `--page` may stand several times, each with a name.
 *
 * @param {string[]} given
 * @param {import('../suites/index.mjs').Suite[]} suites
 * @returns {Choice}
 */
export function readArguments(given, suites) {
  const isPage = (/** @type {number} */ index) => given[index - 1] === '--page';
  const names = given.filter((argument, index) => !argument.startsWith('--') && !isPage(index));
  const isMeant = (/** @type {import('../suites/index.mjs').Suite} */ { name, group }) =>
    names.includes(name) || names.includes(group);
  const known = new Set(suites.flatMap(({ name, group }) => [name, group]));
  const options = new Set(['--', '--profile', '--page']);
  const unknown = given.find(
    (argument, index) => !isPage(index) && !(argument.startsWith('--') ? options.has(argument) : known.has(argument)),
  );
  if (unknown) throw new Error(`there is no suite "${unknown}": ${[...known].join(', ')}, --profile or --page name`);
  return {
    suites: names.length === 0 ? suites : suites.filter(isMeant),
    profile: given.includes('--profile'),
    pages: given.filter((_, index) => isPage(index)),
  };
}
