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
 * An iframe, with no script on the page around it.
 *
 * @param {string} address of the page to frame
 */
export function iframeSnippet(address) {
  const attributes = [`src="${escapeAttribute(address)}"`, 'title="Chat"', 'allow="clipboard-write"'];
  return `<iframe\n  ${[...attributes, 'width="400"', 'height="600"'].join('\n  ')}\n></iframe>`;
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

/**
 * The values to edit in a copy of the iframe wrapper, and the frame around it: one that floats over the page by the help
 * of a script, or one that has its place in it.
 *
 * @param {string} origin of the Salient server
 * @param {Record<string, unknown>} options under their camel-case names
 */
export function wrapperSnippet(origin, { account, agent, mode, ...look }) {
  const isFloating = mode === undefined || mode === 'floating';
  const widget = { ...(!isFloating && { mode: 'page' }), ...look };
  const values = [`var settings = ${objectLiteral({ account, agent, backend: origin })};`];
  if (Object.keys(widget).length > 0) values.push(`var widget = ${objectLiteral(widget)};`);
  const frame = isFloating
    ? `<script async src="${origin}/salient-frame.js" data-src="/salient-chat.html"></script>`
    : iframeSnippet('/salient-chat.html');
  return [
    `<!-- 1. Save ${origin}/iframe-wrapper.html on your site`,
    '     as salient-chat.html, and edit its values: -->',
    values.join('\n'),
    '',
    '<!-- 2. In your page: -->',
    frame,
  ].join('\n');
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
