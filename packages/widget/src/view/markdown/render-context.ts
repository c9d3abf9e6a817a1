import type { MarkdownPieces } from './pieces.ts';

/** What every part of one rendered answer needs to know. */
export interface RenderContext {
  /** Hosts images may load from; see `findImageAddress`. */
  imageHosts: readonly string[];
  words: MarkdownWords;
  pieces: MarkdownPieces;
  /** Set for what stands in a link, where an image that may not load must not become a link in a link. */
  isInsideLink?: boolean;
}

export interface MarkdownWords {
  /** Name of the button that copies a code block. */
  copyCode: string;
  /** Shown and announced after copying. */
  copied: string;
}
