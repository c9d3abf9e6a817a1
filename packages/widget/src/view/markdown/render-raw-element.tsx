import { h, type ComponentChildren } from 'preact';
import { Link } from './link.tsx';
import { Picture } from './picture.tsx';
import type { RawElement, RawNode } from './read-raw-html.ts';
import type { RenderContext } from './render-context.ts';
import { findLinkAddress } from './safe-url.ts';
import { ScrollableTable } from './scrollable-table.tsx';

// A block of HTML is often cut by the Markdown inside it. `<details>` would then close over its summary alone.
const namesInstead: Record<string, string> = {
  h1: 'h3',
  h2: 'h4',
  h3: 'h5',
  h4: 'h6',
  h5: 'h6',
  details: 'div',
  summary: 'strong',
};
const maxSpan = 100;

/**
 * An element of raw HTML as a node. Its name has passed the reader's list and DOMPurify; links and images obey the same
 * rules as those written in Markdown, and of the other attributes only those named here are kept.
 */
export function renderRawElement(
  element: RawElement,
  context: RenderContext,
  renderChildren: (inside: RenderContext) => ComponentChildren,
): ComponentChildren {
  const { name, attributes } = element;
  if (name === 'img') {
    const { src = '', alt = '', title } = attributes;
    return <Picture href={src} alt={alt} title={title} context={context} />;
  }
  if (name === 'a') {
    const address = findLinkAddress(attributes['href'] ?? '');
    const content = renderChildren({ ...context, isInsideLink: true });
    if (address === null || context.isInsideLink) return <>{content}</>;
    return (
      <Link address={address} text={textOf(element.children)} title={attributes['title']}>
        {content}
      </Link>
    );
  }
  if (name === 'table') {
    return <ScrollableTable label={textOf(element.children).slice(0, 80)}>{renderChildren(context)}</ScrollableTable>;
  }
  return h(namesInstead[name] ?? name, keptAttributes(element), renderChildren(context));
}

function keptAttributes({ name, attributes }: RawElement): Record<string, string | number | undefined> {
  const { align, title, dir, start, colspan, rowspan } = attributes;
  const isCell = name === 'td' || name === 'th';
  return {
    title,
    dir: dir && /^(ltr|rtl|auto)$/.test(dir) ? dir : undefined,
    'data-align': align && /^(left|center|right)$/.test(align) ? align : undefined,
    start: name === 'ol' && start && /^\d{1,9}$/.test(start) ? start : undefined,
    colspan: isCell ? spanOf(colspan) : undefined,
    rowspan: isCell ? spanOf(rowspan) : undefined,
  };
}

function spanOf(written: string | undefined): number | undefined {
  return written && /^\d{1,4}$/.test(written) ? Math.min(Number(written), maxSpan) : undefined;
}

/** The words in it, without the marks. */
function textOf(nodes: readonly RawNode[]): string {
  return nodes
    .map((node) => {
      if (typeof node === 'string') return node;
      return 'type' in node ? ('text' in node ? String(node['text']) : '') : textOf(node.children);
    })
    .join('')
    .trim();
}
