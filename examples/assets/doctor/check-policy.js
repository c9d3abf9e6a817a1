import { findingsOf } from './finding.js';

/** @typedef {Map<string, string[]>} Policy directives with their sources, in lower case but for nonces, hashes and paths */

const FALLBACKS = /** @type {Record<string, string[]>} */ ({
  'script-src-elem': ['script-src-elem', 'script-src', 'default-src'],
  'connect-src': ['connect-src', 'default-src'],
  'frame-src': ['frame-src', 'child-src', 'default-src'],
});
const { ok, note, error } = findingsOf('CSP');

/**
 * Whether the page's policies let a chat run. Each of several policies must allow it.
 *
 * @param {string[]} policies as headers or `<meta>` elements carry them
 * @param {import('./find-installations.js').Installation} installation
 * @param {string} pageUrl
 * @returns {import('./finding.js').Finding[]}
 */
export function checkPolicy(policies, { kind, address, backend, nonce }, pageUrl) {
  const parsed = policies.flatMap((text) => text.split(',')).map(parsePolicy);
  if (parsed.every((policy) => policy.size === 0)) return [note('The page has no Content-Security-Policy.')];
  const needs =
    kind === 'frame'
      ? [{ directive: 'frame-src', url: address, nonce: null }]
      : [
          { directive: 'script-src-elem', url: address, nonce },
          { directive: 'connect-src', url: backend, nonce: null },
        ];
  const findings = needs
    .filter((need) => parsed.some((policy) => !allows(policy, need, new URL(pageUrl))))
    .map(({ directive, url }) => {
      const name = directive.replace('-elem', '');
      return error(
        `The Content-Security-Policy does not allow ${url.origin} in ${name}.`,
        `Add ${url.origin} to ${name} of the policy.`,
      );
    });
  if (parsed.some((policy) => policy.get('sandbox')?.includes('allow-scripts') === false)) {
    findings.push(
      error('The Content-Security-Policy has a sandbox without allow-scripts.', 'Add allow-scripts to it.'),
    );
  }
  return findings.length > 0 ? findings : [ok('The Content-Security-Policy allows the chat.')];
}

/**
 * @param {string} text
 * @returns {Policy}
 */
function parsePolicy(text) {
  /** @type {Policy} */
  const policy = new Map();
  for (const directive of text.split(';')) {
    const [name, ...sources] = directive.trim().split(/\s+/);
    // The first one of a name counts.
    if (name && !policy.has(name.toLowerCase())) policy.set(name.toLowerCase(), sources);
  }
  return policy;
}

/**
 * @param {Policy} policy
 * @param {{directive: string, url: URL, nonce: string | null}} need
 * @param {URL} page
 */
function allows(policy, { directive, url, nonce }, page) {
  const deciding = FALLBACKS[directive]?.find((name) => policy.has(name));
  if (deciding === undefined) return true;
  const sources = policy.get(deciding) ?? [];
  if (nonce !== null && sources.includes(`'nonce-${nonce}'`)) return true;
  // With it, a script is trusted by its nonce or hash only.
  if (directive === 'script-src-elem' && sources.some((source) => source.toLowerCase() === "'strict-dynamic'")) {
    return false;
  }
  return sources.some((source) => matches(source, url, page));
}

/**
 * CSP Level 3, 6.7.2.8 "Does url match expression in origin".
 *
 * @param {string} source
 * @param {URL} url
 * @param {URL} page
 */
function matches(source, url, page) {
  if (source === '*') return /^(https?|wss?):$/.test(url.protocol) || url.protocol === page.protocol;
  if (source.toLowerCase() === "'self'") return isUpgradeOf(page.protocol, url.protocol) && page.host === url.host;
  if (/^[a-z][a-z0-9+.-]*:$/i.test(source)) return isUpgradeOf(source.toLowerCase(), url.protocol);
  const parts = /^(?:([a-z][a-z0-9+.-]*):\/\/)?(\*|(?:\*\.)?[^:/'*]+)(?::(\d+|\*))?(\/.*)?$/i.exec(source);
  if (!parts) return false;
  const [, scheme, host = '', port, path] = parts;
  return (
    isUpgradeOf(scheme ? `${scheme.toLowerCase()}:` : page.protocol, url.protocol) &&
    matchesHost(host.toLowerCase(), url.hostname) &&
    matchesPort(port, url) &&
    (path === undefined || (path.endsWith('/') ? url.pathname.startsWith(path) : url.pathname === path))
  );
}

/**
 * @param {string} allowed
 * @param {string} used
 */
function isUpgradeOf(allowed, used) {
  return allowed === used || (allowed === 'http:' && used === 'https:');
}

/**
 * @param {string} pattern
 * @param {string} host
 */
function matchesHost(pattern, host) {
  if (pattern === '*') return true;
  return pattern.startsWith('*.') ? host.endsWith(pattern.slice(1)) : host === pattern;
}

/**
 * @param {string | undefined} port
 * @param {URL} url
 */
function matchesPort(port, url) {
  if (port === '*') return true;
  const used = url.port || (url.protocol === 'https:' ? '443' : '80');
  if (port === undefined) return url.port === '';
  return port === used || (port === '80' && used === '443');
}
