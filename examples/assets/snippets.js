/** The code that puts a chat on a page, written for people to paste. Pure text: made the same way everywhere. */

/**
 * The script tag. Options that are empty are left out.
 *
 * @param {string} origin of the Salient server
 * @param {Record<string, string | number | boolean | string[]>} options under their camel-case names
 */
export function tagSnippet(origin, options) {
  const attributes = [`src="${origin}/chat-widget.js"`];
  for (const [name, value] of Object.entries(options)) {
    if (!isEmpty(value)) attributes.push(`data-${kebabCase(name)}=${attributeValue(value)}`);
  }
  return `<script\n  async\n  ${attributes.join('\n  ')}\n></script>`;
}

/**
 * An iframe, as it is with no script on the page around it.
 *
 * @param {string} address of the page to frame
 * @param {{height?: string, sandbox?: string}} [attributes]
 */
export function iframeSnippet(address, { height = '600', sandbox } = {}) {
  const attributes = [`src="${escapeAttribute(address)}"`, 'title="Chat"', 'width="400"', `height="${height}"`];
  if (sandbox) attributes.push(`sandbox="${sandbox}"`);
  return `<iframe\n  ${attributes.join('\n  ')}\n></iframe>`;
}

/**
 * The same chat from the npm package.
 *
 * @param {string} origin of the Salient server
 * @param {Record<string, unknown>} options under their camel-case names
 */
export function packageSnippet(origin, options) {
  return `import { mount } from '@salient/widget';\n\nmount(${objectLiteral({ backend: origin, ...options })});`;
}

/** What a copy of the iframe wrapper, or any page, says before it loads the widget. */
export function globalConfigSnippet(options) {
  return `window.__SALIENT_WIDGET_CONFIG = ${objectLiteral(options)};`;
}

function objectLiteral(options) {
  const lines = Object.entries(options)
    .filter(([, value]) => !isEmpty(value))
    .map(([name, value]) => `  ${name}: ${JSON.stringify(value)},`);
  // A page's HTML may hold this between script tags.
  return `{\n${lines.join('\n')}\n}`.replaceAll('</', String.raw`<\/`);
}

function attributeValue(value) {
  if (Array.isArray(value)) return `'${JSON.stringify(value).replaceAll('&', '&amp;').replaceAll("'", '&#39;')}'`;
  return `"${escapeAttribute(String(value))}"`;
}

function escapeAttribute(text) {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;');
}

function kebabCase(name) {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function isEmpty(value) {
  return value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0);
}
