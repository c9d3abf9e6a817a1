import type { MarkedToken, Token } from 'marked';

/** What inline tokens say without their marks: for `alt`, and to compare a link's text with its address. */
export function plainText(tokens: readonly Token[]): string {
  return (tokens as readonly MarkedToken[]).map(textOf).join('');
}

function textOf(token: MarkedToken): string {
  if (token.type === 'html' || token.type === 'checkbox') return '';
  if (token.type === 'br') return '\n';
  if (token.type === 'link' && token.autolink) return token.text;
  if ('tokens' in token && token.tokens) return plainText(token.tokens);
  return 'text' in token ? token.text : token.raw;
}
