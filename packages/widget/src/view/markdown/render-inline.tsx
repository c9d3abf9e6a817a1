import type { MarkedToken, Token, Tokens } from 'marked';
import type { ComponentChild, ComponentChildren } from 'preact';
import { Link } from './link.tsx';
import { Picture } from './picture.tsx';
import { plainText } from './plain-text.ts';
import type { RenderContext } from './render-context.ts';
import { holdsRawHtml, isLineBreak, RawInline } from './render-raw-html.tsx';
import { findLinkAddress } from './safe-url.ts';

/** Turns marked's inline tokens into nodes. A kind not listed here is shown as its source. */
export function renderInline(tokens: readonly Token[], context: RenderContext): ComponentChildren {
  if (holdsRawHtml(tokens)) return <RawInline tokens={tokens} context={context} renderToken={renderToken} />;
  return (tokens as readonly MarkedToken[]).map((token) => renderToken(token, context));
}

function renderToken(token: MarkedToken, context: RenderContext): ComponentChild {
  switch (token.type) {
    case 'text':
    case 'escape':
      return token.text;
    case 'strong':
      return <strong>{renderInline(token.tokens, context)}</strong>;
    case 'em':
      return <em>{renderInline(token.tokens, context)}</em>;
    case 'del':
      return <del>{renderInline(token.tokens, context)}</del>;
    case 'codespan':
      return <code>{token.text}</code>;
    case 'br':
      return <br />;
    case 'checkbox':
      return <input type="checkbox" checked={token.checked} disabled />;
    case 'link':
      return renderLink(token, context);
    case 'image':
      return <Picture href={token.href} alt={plainText(token.tokens)} title={token.title} context={context} />;
    case 'html':
      return isLineBreak(token.raw) ? <br /> : token.raw;
    default:
      return token.raw;
  }
}

function renderLink(token: Tokens.Link, context: RenderContext): ComponentChild {
  const content = token.autolink ? token.text : renderInline(token.tokens, { ...context, isInsideLink: true });
  const address = findLinkAddress(token.href);
  if (address === null || context.isInsideLink) return <>{content}</>;
  return (
    <Link address={address} text={plainText([token])} title={token.title}>
      {content}
    </Link>
  );
}
