// What keeps any text, however hostile, from freezing the page or exhausting the stack. Beyond a bound the text is
// still shown, as it was written.

/** Quotes and lists inside one another. */
export const maxBlockDepth = 20;
/** Emphasis and links inside one another. */
export const maxInlineDepth = 12;
/** Characters of one paragraph, heading or cell. */
export const maxInlineLength = 8_000;
/** Cells of one table. Short rows are filled up, so a small source could ask for millions. */
export const maxTableCells = 10_000;
/** Characters of one answer. */
export const maxMarkdownLength = 50_000;
