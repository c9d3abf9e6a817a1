import { findingsOf } from './finding.js';

const { ok, note, warning } = findingsOf('cookie');

/**
 * Whether a browser will keep the visitor's cookie, or the widget has to do with a token. Either works.
 *
 * @param {string | null} setCookie the header that came with an answer
 * @param {URL} page
 * @param {URL} backend
 * @returns {import('./finding.js').Finding}
 */
export function checkCookie(setCookie, page, backend) {
  if (setCookie === null) return note('The server set no cookie, so there is nothing to say about it.');
  const attributes = new Set(setCookie.split(';').map((part) => part.trim().toLowerCase()));
  if (isSameSite(page, backend)) return ok('Page and server are of one site: browsers keep the cookie.');
  if (attributes.has('samesite=none') && attributes.has('secure')) {
    return ok(
      attributes.has('partitioned')
        ? 'Browsers keep the cookie, apart for each site it is used on (Partitioned).'
        : 'Browsers that allow third-party cookies keep it; elsewhere the widget uses a token.',
    );
  }
  return warning(
    'Page and server are different sites, and the cookie is not made for that: the widget will use a token, kept in the page’s local storage.',
    'For the cookie, serve Salient over HTTPS with NODE_ENV=production.',
  );
}

/**
 * Same scheme and registrable domain. Without the list of public suffixes this takes the last two names for it, or
 * three below a short second-level one such as co.uk.
 *
 * @param {URL} one
 * @param {URL} other
 */
function isSameSite(one, other) {
  return one.protocol === other.protocol && siteOf(one.hostname) === siteOf(other.hostname);
}

/** @param {string} host */
function siteOf(host) {
  if (/^[\d.]+$|:/.test(host)) return host;
  const names = host.split('.');
  const isShort = /^(co|com|org|net|gov|edu|ac)$/.test(names.at(-2) ?? '') && (names.at(-1) ?? '').length === 2;
  return names.slice(isShort ? -3 : -2).join('.');
}
