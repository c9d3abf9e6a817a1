import { Lexer, Tokenizer } from 'marked';
import type { Links, Token, Tokens } from 'marked';
import { decodeEntities } from './decode-entities.ts';
import { decodeTokens } from './decode-tokens.ts';
import { maxBlockDepth, maxInlineDepth, maxInlineLength, maxTableCells } from './bounds.ts';

/** An inline source that waits to be lexed, and the list its tokens go to. */
interface PendingInline {
  src: string;
  tokens: Token[];
}

/** Blocks whose inline sources are not lexed yet: call `lexInline` for each. */
export interface LexedBlocks {
  tokens: Token[];
  links: Links;
  inlines: PendingInline[];
  lexInline: (inline: PendingInline) => void;
}

/**
 * Finds the blocks of a Markdown source, with bounds that keep hostile input from exhausting the stack.
 * `links` are definitions met earlier; those in `source` are added to them.
 */
export function lexBlocks(source: string, links: Links): LexedBlocks {
  const lexer = new BoundedLexer({ gfm: true, tokenizer: new BoundedTokenizer() });
  lexer.tokens.links = links;
  const tokens = lexer.blockTokens(source, lexer.tokens);
  return {
    tokens,
    links: lexer.tokens.links,
    inlines: lexer.inlineQueue,
    lexInline: ({ src, tokens: target }) => {
      // marked lets an unclosed `<a>` or `<code>` reach into the blocks after it; here each block stands alone.
      lexer.state.inLink = false;
      lexer.state.inRawBlock = false;
      lexer.inlineTokens(src, target);
    },
  };
}

class BoundedLexer extends Lexer {
  #depth = 0;

  override inlineTokens(source: string, tokens: Token[] = []): Token[] {
    if (this.#depth >= maxInlineDepth || source.length > maxInlineLength) {
      tokens.push({ type: 'text', raw: source, text: source });
      return tokens;
    }
    this.#depth++;
    const start = tokens.length;
    try {
      return super.inlineTokens(source, tokens);
    } finally {
      this.#depth--;
      decodeTokens(tokens, start);
    }
  }
}

class BoundedTokenizer extends Tokenizer {
  #depth = 0;

  override blockquote(source: string): Tokens.Blockquote | undefined {
    return this.#nest(() => super.blockquote(source));
  }

  override list(source: string): Tokens.List | undefined {
    return this.#nest(() => super.list(source));
  }

  override fences(source: string): Tokens.Code | undefined {
    const code = super.fences(source);
    if (code?.lang) code.lang = decodeEntities(code.lang);
    return code;
  }

  override table(source: string): Tokens.Table | undefined {
    return countCells(source) > maxTableCells ? undefined : super.table(source);
  }

  /** A refused quote or list falls through to marked's paragraph. */
  #nest<Result>(lex: () => Result): Result | undefined {
    if (this.#depth >= maxBlockDepth) return undefined;
    this.#depth++;
    try {
      return lex();
    } finally {
      this.#depth--;
    }
  }
}

/** How many cells a table at the start of this source would have; 0 when its second line is no delimiter row. */
function countCells(source: string): number {
  const delimiter = /^[^\n]*\n([-|: \t]+)(?:\n|$)/.exec(source)?.[1];
  if (!delimiter) return 0;
  const end = source.search(/\n[ \t]*\n/);
  const rows = source.slice(0, end < 0 ? undefined : end).split('\n').length;
  const columns = delimiter
    .trim()
    .replaceAll(/^\||\|$/g, '')
    .split('|').length;
  return rows * columns;
}
