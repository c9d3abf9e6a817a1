import createDOMPurify from 'dompurify';
import type { Token } from 'marked';

/** An element that raw HTML asked for and that may be drawn. */
export interface RawElement {
  name: string;
  attributes: Readonly<Record<string, string>>;
  children: RawNode[];
}

/** Text, one of marked's tokens between tags, or an element around more of these. */
export type RawNode = string | Token | RawElement;

/** Elements inside one another; what stands deeper stands without its element. */
const maxDepth = 20;
/** Tags of one paragraph or block; later ones are shown as the text they are. */
const maxTags = 500;
const maxVerdicts = 500;

/** What an answer may ask for. Every other tag is shown as the text it is: often it is a placeholder, `<your name>`. */
const allowedNames =
  'a abbr b blockquote br caption cite code dd del details dfn div dl dt em figcaption figure h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q rp rt ruby s samp small span strong sub summary sup table tbody td tfoot th thead tr u ul var wbr'.split(
    ' ',
  );
const allowedAttributes = ['align', 'alt', 'colspan', 'dir', 'href', 'rowspan', 'src', 'start', 'title'];
const emptyNames = new Set(['br', 'hr', 'img', 'wbr']);

// The grammar of CommonMark 0.31.2, section 6.6.
const tag = /<(\/?)([a-z][a-z\d-]*)((?:\s+[a-z_:][\w.:-]*(?:\s*=\s*(?:[^\s"'=<>`]+|'[^']*'|"[^"]*"))?)*)\s*\/?>/gi;
const attribute = /([a-z_:][\w.:-]*)(?:\s*=\s*(?:'([^']*)'|"([^"]*)"|([^\s"'=<>`]+)))?/gi;

const purifier = createDOMPurify(window);
// Without this, DOMPurify asks for a Trusted Types policy, which a strict page reports as a violation.
purifier.setConfig({
  IN_PLACE: true,
  ALLOWED_TAGS: allowedNames,
  ALLOWED_ATTR: allowedAttributes,
  TRUSTED_TYPES_POLICY: null,
});
/** Has no window: what is made in it loads nothing and runs nothing. */
const workshop = document.implementation.createHTMLDocument('');
/** What became of the latest tags, by their source: the open end of an answer is read again and again. */
const verdicts = new Map<string, RawElement['attributes'] | undefined>();

/**
 * Reads inline tokens, or one block, with raw HTML among them. An element that nobody closes ends with them.
 *
 * @param decode replaces character references in text and attributes
 */
export function readRawHtml(tokens: readonly Token[], decode: (text: string) => string): RawNode[] {
  const tree = new RawTree();
  let tagCount = 0;
  for (const token of tokens) {
    if (token.type !== 'html') {
      tree.add(token);
      continue;
    }
    const html = withoutComments(token.raw);
    let end = 0;
    for (const match of html.matchAll(tag)) {
      const name = (match[2] ?? '').toLowerCase();
      if (!allowedNames.includes(name) || ++tagCount > maxTags) continue;
      tree.add(decode(html.slice(end, match.index)));
      end = match.index + match[0].length;
      if (match[1]) tree.close(name);
      else tree.open(name, judge(name, match[3] ?? '', decode));
    }
    tree.add(decode(html.slice(end)));
  }
  return tree.nodes;
}

class RawTree {
  readonly nodes: RawNode[] = [];
  #open: RawElement[] = [];

  add(node: RawNode): void {
    if (node !== '') (this.#open.at(-1)?.children ?? this.nodes).push(node);
  }

  open(name: string, attributes: RawElement['attributes'] | undefined): void {
    if (!attributes || this.#open.length >= maxDepth) return;
    const element = { name, attributes, children: [] };
    this.add(element);
    if (!emptyNames.has(name)) this.#open.push(element);
  }

  /** Also closes what stands open inside. A tag that closes nothing is nothing. */
  close(name: string): void {
    const index = this.#open.findLastIndex((element) => element.name === name);
    if (index >= 0) this.#open.length = index;
  }
}

/** The attributes an element may have; undefined when there may be no such element. */
function judge(name: string, source: string, decode: (text: string) => string): RawElement['attributes'] | undefined {
  const key = name + source;
  if (!verdicts.has(key)) {
    if (verdicts.size >= maxVerdicts) verdicts.clear();
    verdicts.set(key, sanitize(workshop.createElement(name), source, decode));
  }
  return verdicts.get(key);
}

/**
 * One tag through DOMPurify. The element is put together by hand and sanitised in place, because under Trusted Types
 * there is no way to have the browser read HTML.
 */
function sanitize(
  element: Element,
  source: string,
  decode: (text: string) => string,
): RawElement['attributes'] | undefined {
  if (!purifier.isSupported) return undefined;
  for (const [, name = '', single, double, bare] of source.matchAll(attribute)) {
    // Anything else, `onclick` above all, must not even be set: strict pages report that.
    if (!allowedAttributes.includes(name.toLowerCase()) || element.hasAttribute(name)) continue;
    element.setAttribute(name, decode(single ?? double ?? bare ?? ''));
  }
  try {
    purifier.sanitize(element);
  } catch {
    // So it says that it does not allow the element itself.
    return undefined;
  }
  return Object.fromEntries([...element.attributes].map(({ name, value }) => [name, value]));
}

/** An open comment stays, as text. By hand: a pattern would search the rest of the text at every beginning. */
function withoutComments(html: string): string {
  let kept = '';
  let position = 0;
  for (;;) {
    const start = html.indexOf('<!--', position);
    const end = start < 0 ? -1 : html.indexOf('-->', start + 4);
    if (end < 0) return kept + html.slice(position);
    kept += html.slice(position, start);
    position = end + 3;
  }
}
