import type { MarkedToken, Token, Tokens } from 'marked';
import type { ComponentChild, ComponentChildren } from 'preact';
import { decodeEntities } from './decode-entities.ts';
import { plainText } from './plain-text.ts';
import type { RenderContext } from './render-context.ts';
import { renderRawHtml } from './render-raw-html.tsx';
import { findHiddenTarget, findImageAddress, findLinkAddress } from './safe-url.ts';

/** Turns marked's inline tokens into nodes. A kind not listed here is shown as its source. */
export function renderInline(tokens: readonly Token[], context: RenderContext): ComponentChildren {
  return (tokens as readonly MarkedToken[]).map((token) => renderToken(token, context));
}

function renderToken(token: MarkedToken, context: RenderContext): ComponentChild {
  switch (token.type) {
    case 'text':
      // `raw`, because marked has decoded numeric references in `text` but not named ones.
      return decodeEntities(token.raw);
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
      return renderImage(token, context);
    case 'html':
      return renderRawHtml(token.text);
    default:
      return token.raw;
  }
}

function renderLink(token: Tokens.Link, context: RenderContext): ComponentChild {
  const content = token.autolink ? token.text : renderInline(token.tokens, { ...context, isInsideLink: true });
  const address = findLinkAddress(token.href);
  if (address === null) return <>{content}</>;
  return (
    <Link address={address} text={plainText([token])} title={token.title}>
      {content}
    </Link>
  );
}

/** An image from an allowed host; otherwise a link to it, so that looking at an answer calls nobody. */
function renderImage(token: Tokens.Image, context: RenderContext): ComponentChild {
  const alt = plainText(token.tokens);
  const source = findImageAddress(token.href, context.imageHosts);
  if (source !== null) {
    const title = token.title ? decodeEntities(token.title) : undefined;
    return <img src={source} alt={alt} title={title} loading="lazy" decoding="async" referrerpolicy="no-referrer" />;
  }
  const address = findLinkAddress(token.href);
  if (address === null || context.isInsideLink) return alt;
  return (
    <Link address={address} text={alt} title={token.title}>
      {alt || address}
    </Link>
  );
}

interface LinkProps {
  address: string;
  /** The visible text, to tell whether it hides where the link leads. */
  text: string;
  title: string | null | undefined;
  children: ComponentChildren;
}

function Link({ address, text, title, children }: LinkProps) {
  const titleParts = [title && decodeEntities(title), findHiddenTarget(address, text)].filter(Boolean);
  return (
    <a
      href={address}
      title={titleParts.join(' · ') || undefined}
      target="_blank"
      rel="noopener noreferrer nofollow ugc"
    >
      {children}
    </a>
  );
}
