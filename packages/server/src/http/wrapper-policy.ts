import { createHash } from 'node:crypto';

/**
 * The policy of the iframe wrapper as this server serves it: its own inline script and style by their hashes, nothing
 * else inline, and nothing from elsewhere but the images that agents allow.
 *
 * @returns makes the header for the pages that may frame it, sources as in CSP; none: nobody may
 */
export function wrapperPolicy(html: string): (framers: readonly string[]) => string {
  const hashes = (tag: string) =>
    [...html.matchAll(new RegExp(`<${tag}>([^]*?)</${tag}>`, 'g'))].map(
      ([, content = '']) => `'sha256-${createHash('sha256').update(content).digest('base64')}'`,
    );
  const fixed = [
    "default-src 'none'",
    ["script-src 'self'", ...hashes('script')].join(' '),
    ["style-src 'self'", ...hashes('style')].join(' '),
    "connect-src 'self'",
    'img-src https: data:',
    "base-uri 'none'",
    "form-action 'none'",
  ];
  return (framers) => [...fixed, `frame-ancestors ${framers.join(' ') || "'none'"}`].join('; ');
}
