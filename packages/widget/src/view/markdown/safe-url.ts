// `http:` without slashes is read relative to a page of the same scheme, so the slashes are part of the rule.
const linkScheme = /^(?:https?:\/\/[^/]|mailto:|tel:)/i;

/** The address to put into `href`, or null when a link must not lead there: only http, https, mailto and tel may. */
export function findLinkAddress(href: string): string | null {
  const address = encodeAddress(href);
  return address !== null && linkScheme.test(address) && parseUrl(address) ? address : null;
}

/**
 * The address to put into `src`, or null when no request may be made.
 * `imageHosts` holds hosts as in `URL.host`, or `*.host` for every host below that one.
 */
export function findImageAddress(href: string, imageHosts: readonly string[]): string | null {
  const address = encodeAddress(href);
  if (address === null || !/^https:\/\/[^/]/i.test(address)) return null;
  const url = parseUrl(address);
  if (!url || url.username || url.password) return null;
  return imageHosts.some((pattern) => isHostMatch(url.host, pattern.toLowerCase())) ? address : null;
}

/** What a link really leads to (host, mail address or number), or null when its text already says so. */
export function findHiddenTarget(address: string, visibleText: string): string | null {
  const url = parseUrl(address);
  if (!url) return null;
  const target = url.host || url.pathname;
  const text = visibleText.trim();
  const shown = parseUrl(text) ?? parseUrl(`https://${text}`);
  // `bank.example@evil.example` reads as the wrong one of its two names.
  const isSaid = text === target || (shown?.host === target && !shown.username);
  return isSaid ? null : target;
}

function isHostMatch(host: string, pattern: string): boolean {
  return pattern.startsWith('*.') ? host.endsWith(pattern.slice(1)) : host === pattern;
}

/** Percent-encodes as marked's own renderer does; null for text that no address can hold (a lone surrogate). */
export function encodeAddress(href: string): string | null {
  try {
    return encodeURI(href).replaceAll('%25', '%');
  } catch {
    return null;
  }
}

function parseUrl(address: string): URL | null {
  try {
    return new URL(address);
  } catch {
    return null;
  }
}
