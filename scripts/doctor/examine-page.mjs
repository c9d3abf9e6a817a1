import { checkAttributes } from '../../examples/assets/doctor/check-attributes.js';
import { checkPolicy } from '../../examples/assets/doctor/check-policy.js';
import { findInstallations, readGlobalConfig } from '../../examples/assets/doctor/find-installations.js';
import { findingsOf } from '../../examples/assets/doctor/finding.js';
import { readElements } from '../../examples/assets/doctor/read-elements.js';
import { ExplainedError } from '../toolchain/explained-error.mjs';
import { checkAgent } from './check-agent.mjs';
import { checkAnswer } from './check-answer.mjs';
import { checkFiles } from './check-files.mjs';
import { fetchText } from './fetch-text.mjs';

/** @typedef {import('../../examples/assets/doctor/finding.js').Finding} Finding */
/** @typedef {import('../../examples/assets/doctor/find-installations.js').Installation} Installation */

/**
 * Everything the doctor finds on a page: first what its HTML and headers say, then what the server behind it does.
 *
 * @param {URL} page
 * @param {{tag?: string | undefined, asksQuestion: boolean}} choices `tag`: HTML that a script adds to the page later
 * @returns {Promise<Finding[]>}
 */
export async function examinePage(page, { tag = '', asksQuestion }) {
  const { response, text } = await fetchText(page, { accept: 'text/html' });
  if (!response.ok) throw new ExplainedError(`${page.href} answers ${response.status}: there is no page to examine.`);
  const address = response.url;
  const elements = readElements(text + tag);
  const policies = [response.headers.get('content-security-policy') ?? '', ...policiesOf(elements)];
  const { installations, findings } = findInstallations(elements, address);
  for (const found of distinct(installations)) {
    const installation = found.kind === 'frame' ? await readFramed(found) : found;
    findings.push(
      ...checkAttributes(installation),
      ...checkMixedContent(installation, address),
      ...checkPolicy(policies, installation, address),
      ...(await checkServer(installation, new URL(address), asksQuestion)),
    );
  }
  return findings;
}

/** @param {import('../../examples/assets/doctor/read-elements.js').PageElement[]} elements */
function policiesOf(elements) {
  return elements
    .filter(
      ({ name, attributes }) => name === 'meta' && /^content-security-policy$/i.test(attributes['http-equiv'] ?? ''),
    )
    .map(({ attributes }) => attributes['content'] ?? '');
}

/**
 * One of each kind: the same tag twice has been mentioned, and asking the server twice would tell nothing new.
 *
 * @param {Installation[]} installations
 */
function distinct(installations) {
  return [...new Map(installations.map((one) => [JSON.stringify([one.address, one.options]), one])).values()];
}

/**
 * A frame with what the wrapper in it says, where the frame's address leaves that open.
 *
 * @param {Installation} installation
 * @returns {Promise<Installation>}
 */
async function readFramed(installation) {
  const { address, options } = installation;
  const { response, text } = await fetchText(address);
  if (!response.ok) return installation; // Said where the files are checked.
  const { account, agent, backend } = { ...readGlobalConfig(readElements(text)), ...options };
  return {
    ...installation,
    account: account || installation.account,
    agent: agent || installation.agent,
    backend: new URL(backend || address.origin, address),
  };
}

/**
 * @param {Installation} installation
 * @param {string} page
 */
function checkMixedContent({ address, backend }, page) {
  const { ok, error } = findingsOf('https');
  if (!page.startsWith('https:')) return [ok('The page is on http, so http is allowed on it.')];
  const insecure = [address, backend].find(({ protocol }) => protocol === 'http:');
  return insecure
    ? [error(`The page is on https, but ${insecure.origin} is not: browsers refuse it.`, 'Use https for the server.')]
    : [ok('Everything is on https.')];
}

/**
 * @param {Installation} installation
 * @param {URL} page
 * @param {boolean} asksQuestion
 * @returns {Promise<Finding[]>}
 */
async function checkServer(installation, page, asksQuestion) {
  try {
    const files = await checkFiles(installation, page);
    const agent = await checkAgent(installation, page);
    const isServing = agent.every(({ level }) => level !== 'error');
    return [...files, ...agent, ...(isServing && asksQuestion ? await checkAnswer(installation, page) : [])];
  } catch (error) {
    if (!(error instanceof ExplainedError)) throw error;
    return [findingsOf('server').error(error.message, 'Check the address, and that the Salient server is running.')];
  }
}
