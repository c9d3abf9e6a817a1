/**
 * An element's start tag. `text` is what stands inside elements whose content is not HTML, such as `<script>`.
 *
 * @typedef {{name: string, attributes: Record<string, string>, text: string, line: number}} PageElement
 */

const RAW_TEXT = new Set(['script', 'style', 'textarea', 'title', 'noscript', 'template']);
const ATTRIBUTE = /[\s/]*([^\s/>=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]*)))?/y;
const ENTITIES = /&(?:amp|quot|apos|lt|gt|#(\d{1,7})|#x([0-9a-f]{1,6}));/gi;
const NAMED = new Map([
  ['&amp;', '&'],
  ['&quot;', '"'],
  ['&apos;', "'"],
  ['&lt;', '<'],
  ['&gt;', '>'],
]);

/**
 * The elements of a page in order, read without a DOM, so that Node and a page under Trusted Types read alike. What is
 * commented out, or inert in a `<template>` or `<noscript>`, is not there.
 *
 * @param {string} html
 * @returns {PageElement[]}
 */
export function readElements(html) {
  const elements = [];
  const lineOf = createLineCounter(html);
  let at = html.indexOf('<');
  while (at >= 0) {
    if (html.startsWith('<!--', at)) {
      at = after(html, '-->', at + 4);
    } else if (/[a-z]/i.test(html[at + 1] ?? '')) {
      const { element, end } = readStartTag(html, at, lineOf(at));
      elements.push(element);
      at = end;
      if (RAW_TEXT.has(element.name)) {
        const close = indexOfIgnoringCase(html, `</${element.name}`, end);
        element.text = html.slice(end, close);
        at = close;
      }
    } else {
      at += 1;
    }
    at = html.indexOf('<', at);
  }
  return elements;
}

/**
 * @param {string} html
 * @param {number} start
 * @param {number} line
 */
function readStartTag(html, start, line) {
  const name = /[^\s/>]+/y;
  name.lastIndex = start + 1;
  /** @type {PageElement} */
  const element = { name: (name.exec(html)?.[0] ?? '').toLowerCase(), attributes: {}, text: '', line };
  ATTRIBUTE.lastIndex = start + 1 + element.name.length;
  let end = ATTRIBUTE.lastIndex;
  for (let match = ATTRIBUTE.exec(html); match; match = ATTRIBUTE.exec(html)) {
    end = ATTRIBUTE.lastIndex;
    const [, attribute = '', double, single, bare] = match;
    // The first one of a name counts.
    element.attributes[attribute.toLowerCase()] ??= decodeEntities(double ?? single ?? bare ?? '');
  }
  return { element, end: after(html, '>', end) };
}

/** @param {string} text */
function decodeEntities(text) {
  return text.replace(ENTITIES, (entity, decimal, hexadecimal) => {
    const code = decimal ? Number(decimal) : Number.parseInt(hexadecimal ?? '', 16);
    return NAMED.get(entity.toLowerCase()) ?? (code <= 0x10ffff ? String.fromCodePoint(code) : entity);
  });
}

/**
 * @param {string} html
 * @param {string} text
 * @param {number} from
 */
function after(html, text, from) {
  const found = html.indexOf(text, from);
  return found < 0 ? html.length : found + text.length;
}

/**
 * @param {string} html
 * @param {string} text
 * @param {number} from
 */
function indexOfIgnoringCase(html, text, from) {
  const pattern = new RegExp(text, 'gi');
  pattern.lastIndex = from;
  return pattern.exec(html)?.index ?? html.length;
}

/**
 * Lines of growing positions, in one pass over the text.
 *
 * @param {string} html
 */
function createLineCounter(html) {
  let line = 1;
  let counted = 0;
  return (/** @type {number} */ position) => {
    for (; counted < position; counted++) if (html[counted] === '\n') line++;
    return line;
  };
}
