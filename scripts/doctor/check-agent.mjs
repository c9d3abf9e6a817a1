import { findingsOf } from '../../examples/assets/doctor/finding.js';
import { fetchText } from './fetch-text.mjs';

/** @typedef {import('../../examples/assets/doctor/finding.js').Finding} Finding */

const { ok, error } = findingsOf('agent');
const origin = findingsOf('origin');

/**
 * Whether the agent exists and this page may use it: asked as the page itself would, with its origin.
 *
 * @param {import('../../examples/assets/doctor/find-installations.js').Installation} installation
 * @param {URL} page
 * @returns {Promise<Finding[]>}
 */
export async function checkAgent({ backend, account, agent }, page) {
  const { response, text } = await fetchText(new URL(`/accounts/${account}/agents/${agent}/config`, backend), {
    origin: page.origin,
  });
  const body = parseObject(text);
  if (response.ok && body?.['display_name']) {
    return [
      ok(`${account}/${agent} is “${body['display_name']}”${body['answers_locally'] ? ', answering locally' : ''}.`),
      checkCors(response.headers.get('access-control-allow-origin'), page, backend),
    ];
  }
  switch (body?.['code']) {
    case 'ORIGIN_NOT_ALLOWED':
      return [
        ok(`${account}/${agent} exists.`),
        origin.error(
          `${page.origin} is not on the agent's list of allowed origins.`,
          `Add ${page.origin} to allowed_origins in the agent's config.yaml.`,
        ),
      ];
    case 'ACCOUNT_NOT_FOUND':
    case 'AGENT_NOT_FOUND':
    case 'VALIDATION_ERROR':
      return [error(`${account}/${agent}: ${body['detail']}`, await suggestAgents(backend, account))];
    case 'AGENT_MISCONFIGURED':
      return [error(`${account}/${agent} is misconfigured.`, "The server's log names the file and the line.")];
    default:
      return [
        error(
          `${backend.origin} answers ${response.status} and is no Salient server, or is not ready.`,
          'Check data-backend, and that /health of that address answers.',
        ),
      ];
  }
}

/**
 * @param {string | null} allowed
 * @param {URL} page
 * @param {URL} backend
 */
function checkCors(allowed, page, backend) {
  if (page.origin === backend.origin) return origin.ok('Page and server have one origin.');
  if (allowed === page.origin) return origin.ok(`The server lets ${page.origin} in.`);
  return origin.error(
    `The server's Access-Control-Allow-Origin is ${allowed ?? 'missing'} instead of ${page.origin}.`,
    'Something on the way changes it. Remove CORS headers from the proxy: the server sends its own.',
  );
}

/**
 * @param {URL} backend
 * @param {string} account
 */
async function suggestAgents(backend, account) {
  const { text } = await fetchText(new URL(`/accounts/${account}/agents`, backend));
  const agents = parseObject(text);
  if (!Array.isArray(agents) || agents.length === 0) return 'Check data-account: names are case-sensitive.';
  return `Agents of ${account}: ${agents.map(({ instance_slug }) => instance_slug).join(', ')}.`;
}

/**
 * @param {string} text
 * @returns {any}
 */
function parseObject(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
