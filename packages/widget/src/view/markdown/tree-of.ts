/**
 * Test aid: a DOM as text, one node per line, with what the widget adds to plain Markdown taken away (wrappers, code
 * headers, `dir`, `target`, `rel`, loading hints) and with white space collapsed where HTML collapses it.
 */
export function treeOf(root: Element): string {
  return linesOf(root, '').join('\n');
}

const ignoredAttributes = new Set([
  'dir',
  'target',
  'rel',
  'loading',
  'decoding',
  'referrerpolicy',
  'disabled',
  'checked',
]);
const blockNames = /^(p|h\d|ul|ol|li|blockquote|pre|table|thead|tbody|tr|th|td|hr|div)$/;

function linesOf(parent: Element, indent: string): string[] {
  const lines: string[] = [];
  let text = '';
  const flush = (isEdge: boolean) => {
    const shown = parent.closest('pre') ? text : collapse(text, isEdge);
    if (shown) lines.push(`${indent}${JSON.stringify(shown)}`);
    text = '';
  };
  for (const child of flatten(parent)) {
    if (typeof child === 'string') {
      text += child;
    } else {
      flush(isBlock(child) || lines.length === 0);
      const name = child.localName;
      lines.push(`${indent}<${name}${attributesOf(child)}>`, ...linesOf(child, `${indent}  `));
    }
  }
  flush(true);
  return lines;
}

/** Child nodes in order, with the content of a wrapper of ours in its place. */
function flatten(parent: Element): (Element | string)[] {
  return [...parent.childNodes].flatMap((node) => {
    if (node.nodeType === Node.TEXT_NODE) return [node.textContent ?? ''];
    if (!(node instanceof Element)) return [];
    if (node.matches('.code-header')) return [];
    return node.matches('.table-scroll, .code-block, label, pre span') ? flatten(node) : [node];
  });
}

function attributesOf(element: Element): string {
  const isChecked = element instanceof HTMLInputElement && element.checked;
  return [...element.attributes]
    .filter(({ name, value }) => !ignoredAttributes.has(name) && value !== 'task')
    .map(({ name, value }) => ` ${name.replace('data-align', 'align')}=${JSON.stringify(value)}`)
    .sort()
    .concat(isChecked ? ' checked' : '')
    .join('');
}

function isBlock(element: Element): boolean {
  return blockNames.test(element.localName);
}

function collapse(text: string, isEdge: boolean): string {
  const collapsed = text.replaceAll(/[ \t\n\r]+/g, ' ');
  return isEdge ? collapsed.trim() : collapsed;
}
