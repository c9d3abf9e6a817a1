import { findingsOf } from './finding.js';

/**
 * A chat that a page asks for.
 *
 * @typedef {object} Installation
 * @property {'tag' | 'element' | 'frame'} kind
 * @property {Record<string, string>} options as written, by the attribute's name without `data-`
 * @property {URL} address of the script, or of the framed page
 * @property {URL} backend
 * @property {string} account
 * @property {string} agent
 * @property {string | null} nonce
 * @property {number} line
 */

const FRAMED = /\/(iframe-wrapper|salient-chat|simple-chat)(\.html)?$/;
const { ok, note, error, warning } = findingsOf('tag');

/**
 * Every chat of a page, as its HTML says it, and what is to be said about their number.
 *
 * @param {import('./read-elements.js').PageElement[]} elements
 * @param {string} pageUrl what relative addresses are relative to
 * @returns {{installations: Installation[], findings: import('./finding.js').Finding[]}}
 */
export function findInstallations(elements, pageUrl) {
  const base = elements.find(({ name, attributes }) => name === 'base' && attributes['href'])?.attributes['href'];
  const toUrl = (/** @type {string} */ address) => parseUrl(address, parseUrl(base ?? '', pageUrl)?.href ?? pageUrl);
  const script = elements.find(isWidgetScript);
  const origin = toUrl(script?.attributes['src'] ?? '')?.origin ?? '';
  const shared = readGlobalConfig(elements);
  const installations = elements.flatMap((element) => readInstallation(element, toUrl, origin, shared) ?? []);
  return { installations, findings: [...countFindings(installations, elements), ...duplicateFindings(installations)] };
}

/** @param {import('./read-elements.js').PageElement} element */
function isWidgetScript({ name, attributes }) {
  return name === 'script' && /chat-widget/.test(attributes['src'] ?? '');
}

/**
 * @param {import('./read-elements.js').PageElement} element
 * @param {(address: string) => URL | null} toUrl
 * @param {string} scriptOrigin
 * @param {Record<string, string>} shared
 * @returns {Installation | null}
 */
function readInstallation(element, toUrl, scriptOrigin, shared) {
  const { name, attributes, line } = element;
  const kind = isWidgetScript(element) ? 'tag' : name === 'salient-chat' ? 'element' : 'frame';
  const address = toUrl(kind === 'element' ? scriptOrigin : (attributes['src'] ?? ''));
  if (!address || (kind === 'frame' && !(name === 'iframe' && FRAMED.test(address.pathname)))) return null;
  const options = kind === 'frame' ? Object.fromEntries(address.searchParams) : readOptions(attributes, kind);
  const { account, agent, backend: named } = kind === 'frame' ? options : { ...shared, ...options };
  const backend = toUrl(named || address.origin);
  if (!backend) return null;
  return {
    kind,
    options,
    address,
    backend,
    account: account || 'default_account',
    agent: agent || 'simple_chat1',
    nonce: attributes['nonce'] ?? null,
    line,
  };
}

/**
 * What `__SALIENT_WIDGET_CONFIG` says about whom to ask, as far as it can be read without running it.
 *
 * @param {import('./read-elements.js').PageElement[]} elements
 * @returns {Record<string, string>}
 */
export function readGlobalConfig(elements) {
  const script = elements.find(({ name, text }) => name === 'script' && /__SALIENT_WIDGET_CONFIG\s*=/.test(text));
  const written = script?.text.matchAll(/\b(account|agent|backend)['"]?\s*:\s*(['"])(.*?)\2/g) ?? [];
  return Object.fromEntries([...written].map(([, name = '', , value = '']) => [name, value]));
}

/**
 * @param {Record<string, string>} attributes
 * @param {Installation['kind']} kind
 */
function readOptions(attributes, kind) {
  const named = Object.entries(attributes)
    .filter(([name]) => kind === 'element' || name.startsWith('data-'))
    .map(([name, value]) => [name.replace(/^data-/, ''), value]);
  return Object.fromEntries(named);
}

/**
 * @param {Installation[]} installations
 * @param {import('./read-elements.js').PageElement[]} elements
 */
function countFindings(installations, elements) {
  if (installations.length > 0) {
    return installations.map(({ kind, account, agent, line }) => {
      const what = { tag: 'A script tag', element: 'A <salient-chat> element', frame: 'An iframe' }[kind];
      return ok(`${what} for ${account}/${agent}, on line ${line}.`);
    });
  }
  if (elements.some(({ name, text }) => name === 'script' && /chat-widget|salient/i.test(text))) {
    return [
      warning(
        'No tag is in the HTML, but a script of the page mentions Salient: it probably adds the tag later.',
        'Give the doctor the tag that it adds: --tag \'<script src="https://.../chat-widget.js" data-agent="..."></script>\'.',
      ),
    ];
  }
  return [
    error(
      'The page has no Salient tag.',
      'Paste the script tag into the page, or into the template that all pages share. If a tag manager adds it, give the doctor the tag with --tag.',
    ),
  ];
}

/** @param {Installation[]} installations */
function duplicateFindings(installations) {
  /** @type {Map<string, number[]>} */
  const lines = new Map();
  for (const { kind, backend, account, agent, options, line } of installations) {
    const identity = [kind, backend.origin, account, agent, options['mode'] ?? 'floating', options['target']].join(' ');
    lines.set(identity, [...(lines.get(identity) ?? []), line]);
  }
  return [...lines.values()]
    .filter((seen) => seen.length > 1)
    .map((seen) =>
      note(
        `The same chat is asked for ${seen.length} times, on lines ${seen.join(' and ')}. Only the first does anything.`,
        'Keep one of them, so that a later change is made in one place.',
      ),
    );
}

/**
 * @param {string} address
 * @param {string} base
 */
function parseUrl(address, base) {
  try {
    return new URL(address, base);
  } catch {
    return null;
  }
}
