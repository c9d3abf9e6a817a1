import type { Links, Token } from 'marked';
import { lexBlocks } from './lex-blocks.ts';
import type { LexedBlocks } from './lex-blocks.ts';
import { mendInline } from './mend-inline.ts';
import { mendOpenBlock, mendOpenCode } from './mend-open-block.ts';
import { findOpenInline, findOpenLeaf } from './open-leaf.ts';
import { cutOverflow } from './overflow.ts';
import { findBoundary, mayDefineLink } from './split-blocks.ts';
import { TokenGroups } from './token-groups.ts';
import type { BlockGroups } from './token-groups.ts';

interface BlockReader {
  /**
   * Reads an answer that has grown at its end since the last call (any other text starts afresh).
   * A block that is finished is the same object in every later result, at the same place.
   */
  read: (text: string, streaming: boolean) => BlockGroups;
}

/** Reads a growing Markdown text: finished blocks once, and the open end again on each call. */
export function createBlockReader(): BlockReader {
  let reading = new Reading();
  return {
    read: (text, streaming) => {
      const { markdown, overflow } = cutOverflow(text);
      if (!reading.goesOnWith(markdown)) reading = new Reading();
      const groups = reading.read(markdown, streaming && overflow.length === 0);
      return overflow.length === 0 ? groups : [...groups, overflow];
    },
  };
}

class Reading {
  #text = '';
  #hasEnded = false;
  /** How much of the text has been taken into `#open`. */
  #taken = 0;
  /** The part of the source that is not finished. */
  #open = '';
  #finished = new TokenGroups();
  #links: Links = createLinks();
  #mayDefineLink = false;
  /** Tokens of the last open part by their source: list items and cells above the last one need no lexing again. */
  #inlineTokens = new Map<string, Token[]>();

  goesOnWith(text: string): boolean {
    return this.#hasEnded ? text === this.#text : text.startsWith(this.#text);
  }

  read(text: string, streaming: boolean): BlockGroups {
    if (this.#hasEnded) return this.#finished.followedBy([]);
    this.#take(text, streaming);
    if (streaming) return this.#readOpen();
    this.#hasEnded = true;
    this.#readRest();
    return this.#finished.followedBy([]);
  }

  /** Appends what is new. A return character at the very end may be half a line break, so it waits. */
  #take(text: string, streaming: boolean): void {
    const end = streaming && text.endsWith('\r') ? text.length - 1 : text.length;
    this.#open += normalizeLineBreaks(text.slice(this.#taken, end));
    this.#taken = end;
    this.#text = text;
  }

  #readOpen(): BlockGroups {
    let source = this.#open;
    let blocks = lexBlocks(source, createLinks(this.#links));
    const leaf = findOpenLeaf(blocks.tokens);
    const mended = mendOpenBlock(source, leaf);
    if (mended !== source) {
      source = mended;
      blocks = lexBlocks(source, createLinks(this.#links));
    }
    const boundary = findBoundary(blocks.tokens, source);
    const open = blocks.tokens.slice(boundary.tokenCount);
    this.#lexInlines(blocks, open);
    this.#finish(blocks.tokens.slice(0, boundary.tokenCount), boundary.length);
    return this.#finished.followedBy(open.filter(isVisible));
  }

  #lexInlines(blocks: LexedBlocks, open: Token[]): void {
    const leaf = findOpenLeaf(open);
    if (leaf?.type === 'code') leaf.text = mendOpenCode(leaf.text);
    const openInline = findOpenInline(leaf);
    const lexed = new Map<string, Token[]>();
    for (const inline of blocks.inlines) {
      if (inline.tokens === openInline) {
        blocks.lexInline({ src: mendInline(inline.src), tokens: inline.tokens });
        continue;
      }
      const known = this.#inlineTokens.get(inline.src);
      const start = inline.tokens.length;
      if (known) inline.tokens.push(...known);
      else blocks.lexInline(inline);
      // A definition may still give a bracket another meaning.
      if (!inline.src.includes('[')) lexed.set(inline.src, inline.tokens.slice(start));
    }
    this.#inlineTokens = lexed;
  }

  #finish(tokens: Token[], length: number): void {
    for (const token of tokens) {
      if (token.type === 'def') this.#links[token['tag']] ??= { href: token['href'], title: token['title'] };
    }
    this.#finished.push(tokens.filter(isVisible));
    this.#mayDefineLink ||= mayDefineLink(this.#open.slice(0, length));
    this.#open = this.#open.slice(length);
  }

  /** Reads what is left once nothing can follow; after a link definition, the whole text. */
  #readRest(): void {
    const isWhole = this.#mayDefineLink || mayDefineLink(this.#open);
    const blocks = lexBlocks(
      isWhole ? normalizeLineBreaks(this.#text) : this.#open,
      isWhole ? createLinks() : this.#links,
    );
    blocks.inlines.forEach(blocks.lexInline);
    const tokens = blocks.tokens.filter(isVisible);
    if (isWhole) this.#finished.replace(tokens);
    else this.#finished.push(tokens);
  }
}

function isVisible(token: Token): boolean {
  return token.type !== 'space' && token.type !== 'def';
}

function normalizeLineBreaks(text: string): string {
  return text.replaceAll(/\r\n?/g, '\n');
}

/** Without a prototype, or `[constructor]` would be a link. */
function createLinks(links: Links = {}): Links {
  return Object.assign(Object.create(null) as Links, links);
}
