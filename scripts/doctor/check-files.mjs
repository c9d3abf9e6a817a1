import { createHash } from 'node:crypto';
import { findingsOf } from '../../examples/assets/doctor/finding.js';
import { fetchText } from './fetch-text.mjs';

/** @typedef {import('../../examples/assets/doctor/finding.js').Finding} Finding */

const { ok, warning, error } = findingsOf('files');

/**
 * Whether the browser gets the files of one and the same version: the loader, the panel it names, or the framed page.
 *
 * @param {import('../../examples/assets/doctor/find-installations.js').Installation} installation
 * @param {URL} page
 * @returns {Promise<Finding[]>}
 */
export async function checkFiles({ kind, address, backend }, page) {
  if (kind === 'frame') return checkFramedPage(address, page);
  const loaderUrl = kind === 'tag' ? address : new URL('/chat-widget.js', address);
  const { response, text } = await fetchText(loaderUrl);
  const type = response.headers.get('content-type') ?? '';
  if (!response.ok || !/javascript/.test(type) || !text.includes('salient-chat')) {
    return [
      error(
        `${loaderUrl.href} is not the widget: status ${response.status}, ${type || 'no type'}.`,
        'Take the address of chat-widget.js on your Salient server.',
      ),
    ];
  }
  const findings = [ok(`The widget loads from ${loaderUrl.href}, version ${fingerprint(text)}.`)];
  const panel = /panel-[\w-]+\.js/.exec(text)?.[0];
  if (panel) findings.push(...(await checkPanel(new URL(panel, loaderUrl), page)));
  if (loaderUrl.origin !== backend.origin) findings.push(...(await compareWithServer(text, backend)));
  return findings;
}

/**
 * @param {URL} panelUrl
 * @param {URL} page
 * @returns {Promise<Finding[]>}
 */
async function checkPanel(panelUrl, page) {
  const { response } = await fetchText(panelUrl, { origin: page.origin });
  if (!response.ok) {
    return [
      error(
        `The widget's second file, ${panelUrl.href}, answers ${response.status}: the button shows but nothing opens.`,
        'Copy all files of one build together, and let caches keep chat-widget.js for minutes only.',
      ),
    ];
  }
  // Modules are fetched with CORS, unlike the loader.
  const allowed = response.headers.get('access-control-allow-origin');
  if (panelUrl.origin !== page.origin && allowed !== '*' && allowed !== page.origin) {
    return [
      error(
        `${panelUrl.href} may not be read by ${page.origin}.`,
        'Have the host of the files send Access-Control-Allow-Origin: * with them.',
      ),
    ];
  }
  return [];
}

/**
 * @param {string} text
 * @param {URL} backend
 * @returns {Promise<Finding[]>}
 */
async function compareWithServer(text, backend) {
  const { response, text: current } = await fetchText(new URL('/chat-widget.js', backend));
  if (!response.ok || fingerprint(current) === fingerprint(text)) return [];
  return [
    warning(
      `The page's widget is version ${fingerprint(text)}, the server at ${backend.origin} has ${fingerprint(current)}.`,
      'Older widgets keep working. To be current, copy the files of the new build to where the page loads them from.',
    ),
  ];
}

/**
 * @param {URL} address
 * @param {URL} page
 * @returns {Promise<Finding[]>}
 */
async function checkFramedPage(address, page) {
  const { response } = await fetchText(address);
  if (!response.ok) {
    return [error(`${address.href} answers ${response.status}.`, 'Put the wrapper where the iframe looks for it.')];
  }
  const ancestors = /frame-ancestors ([^;]*)/.exec(response.headers.get('content-security-policy') ?? '')?.[1];
  const refuses = ancestors !== undefined && !ancestors.includes(page.origin) && !/\*(\s|$)/.test(ancestors);
  if (refuses && !(ancestors.includes("'self'") && address.origin === page.origin)) {
    return [
      error(
        `${address.href} may not be framed by ${page.origin} (frame-ancestors ${ancestors}).`,
        'Host a copy of iframe-wrapper.html on your own site and frame that.',
      ),
    ];
  }
  return [ok(`The framed page loads from ${address.href}.`)];
}

/**
 * Short, and the same for the same bytes.
 *
 * @param {string} text
 */
function fingerprint(text) {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}
