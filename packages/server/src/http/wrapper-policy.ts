import { createHash } from 'node:crypto';

/**
 * The policy of the iframe wrapper as this server serves it: its own inline script and style by their hashes, nothing
 * else inline, and nothing from elsewhere but the images that agents allow.
 *
 * @returns makes the header for the pages that may frame it, sources as in CSP; none: nobody may. `self` is what
 *   stands for this server: see `ownSource`
 */
export function wrapperPolicy(html: string): (framers: readonly string[], self: string) => string {
  const hashes = (tag: string) =>
    [...html.matchAll(new RegExp(`<${tag}>([^]*?)</${tag}>`, 'g'))].map(
      ([, content = '']) => `'sha256-${createHash('sha256').update(content).digest('base64')}'`,
    );
  const scripts = hashes('script').join(' ');
  const styles = hashes('style').join(' ');
  return (framers, self) =>
    [
      "default-src 'none'",
      `script-src ${self} ${scripts}`,
      `style-src ${self} ${styles}`,
      `connect-src ${self}`,
      'img-src https: data:',
      "base-uri 'none'",
      "form-action 'none'",
      `frame-ancestors ${framers.join(' ') || "'none'"}`,
    ].join('; ');
}

/**
 * This server in the policy of a page of its own. Over plain http, as on a developer's machine, WebKit does not take
 * `'self'` for a sandboxed frame's own address.
 */
export function ownSource(host: string | undefined, forwardedScheme: string | undefined): string {
  const isPlain = forwardedScheme === undefined && /^[\w.-]+(:\d+)?$/.test(host ?? '');
  return isPlain ? `'self' http://${host}` : "'self'";
}
