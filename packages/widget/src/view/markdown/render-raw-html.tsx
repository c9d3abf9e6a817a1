import type { MarkedToken, Token } from 'marked';
import type { ComponentChild, ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import type { RawNode } from './read-raw-html.ts';
import type { RenderContext } from './render-context.ts';
import { renderRawElement } from './render-raw-element.tsx';

type RenderToken = (token: MarkedToken, context: RenderContext) => ComponentChild;

/** Whether inline tokens hold a tag beyond `<br>`, which needs no reader. */
export function holdsRawHtml(tokens: readonly Token[]): boolean {
  return tokens.some((token) => token.type === 'html' && !isLineBreak(token.raw));
}

export function isLineBreak(html: string): boolean {
  return /^\s*<br\s*\/?>\s*$/i.test(html);
}

interface RawInlineProps {
  tokens: readonly Token[];
  context: RenderContext;
  /** Draws a token that is not HTML, and a tag as the text it is. */
  renderToken: RenderToken;
}

/** Inline tokens with tags among them, as the elements they ask for. Until the reader has come, tags are text. */
export function RawInline({ tokens, context, renderToken }: RawInlineProps) {
  const nodes = useRawNodes(tokens, context);
  if (!nodes) return <>{tokens.map((token) => renderToken(token as MarkedToken, context))}</>;
  return <>{nodes.map((node) => renderNode(node, context, renderToken))}</>;
}

interface RawBlockProps {
  token: Token;
  context: RenderContext;
  dir: 'auto' | undefined;
}

/** A block of HTML; as text, with its line breaks, until the reader has come. */
export function RawBlock({ token, context, dir }: RawBlockProps) {
  const nodes = useRawNodes([token], context);
  return (
    <div class={nodes ? undefined : 'plain-text'} dir={dir}>
      {nodes ? nodes.map((node) => renderNode(node, context, ({ raw }) => raw)) : token.raw}
    </div>
  );
}

function useRawNodes(tokens: readonly Token[], { pieces }: RenderContext): RawNode[] | undefined {
  const { rawHtml, reader } = pieces;
  useEffect(() => rawHtml.load(), []);
  const decode = reader.piece.value?.decodeEntities;
  return decode && rawHtml.piece.value?.readRawHtml(tokens, decode);
}

function renderNode(node: RawNode, context: RenderContext, renderToken: RenderToken): ComponentChildren {
  if (typeof node === 'string') return node;
  if ('type' in node) return renderToken(node as MarkedToken, context);
  return renderRawElement(node, context, (inside) =>
    node.children.map((child) => renderNode(child, inside, renderToken)),
  );
}
