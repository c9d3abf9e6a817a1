/** The directives to which the embedding guide adds the server's origin. */
export type WidgetDirective = 'script-src' | 'connect-src';

/**
 * A CSP that allows the page its own files and the widget what the embedding guide documents, and nothing else.
 *
 * @param except the directive that a site owner has forgotten
 */
export function strictPolicy(serverUrl: string, except?: WidgetDirective): string {
  const origin = (directive: WidgetDirective) => (directive === except ? '' : ` ${serverUrl}`);
  return [
    "default-src 'none'",
    `script-src 'self'${origin('script-src')}`,
    `connect-src 'self'${origin('connect-src')}`,
    "style-src 'self'",
    "img-src 'self'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');
}
