import type { MarkedToken, Token } from 'marked';
import { decodeEntities } from './decode-entities.ts';

/** Replaces the character references in inline tokens, from one of them on; those inside of them have been replaced. */
export function decodeTokens(tokens: readonly Token[], from: number): void {
  for (const token of tokens.slice(from) as MarkedToken[]) {
    // From `raw`, because marked has decoded numeric references in `text` but not named ones.
    if (token.type === 'text' && !token.tokens) token.text = decodeEntities(token.raw);
    if (token.type === 'link' || token.type === 'image') {
      token.href = decodeEntities(token.href);
      token.title &&= decodeEntities(token.title);
    }
  }
}
