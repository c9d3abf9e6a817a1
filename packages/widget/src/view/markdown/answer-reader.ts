/** What comes in the reader's file. It imports nothing of the panel's own file, nor that file anything of it. */
export { decodeEntities } from './decode-entities.ts';
export { markdownStyles } from './markdown-styles.ts';
export { plainQuote } from './plain-quote.ts';
export { createBlockReader } from './read-blocks.ts';
