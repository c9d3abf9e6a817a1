import type { MarkedToken, Token } from 'marked';
import { decodeEntities } from './decode-entities.ts';

/** What inline tokens say without their marks: for `alt`, and to compare a link's text with its address. */
export function plainText(tokens: readonly Token[]): string {
  return (tokens as readonly MarkedToken[]).map(textOf).join('');
}

function textOf(token: MarkedToken): string {
  if (token.type === 'html' || token.type === 'checkbox') return '';
  if (token.type === 'br') return '\n';
  if (token.type === 'link' && token.autolink) return token.text;
  if ('tokens' in token && token.tokens) return plainText(token.tokens);
  if (token.type === 'text') return decodeEntities(token.raw);
  return 'text' in token ? token.text : token.raw;
}
