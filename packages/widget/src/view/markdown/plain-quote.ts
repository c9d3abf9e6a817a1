/** Marks that stand around words, and what they leave of them. A name such as `snake_case` keeps its own. */
const MARKS: readonly [RegExp, string][] = [
  [/!?\[([^\]]*)\]\([^)\s]*\)/g, '$1'],
  [/(\*\*|__|~~|`+)(\S|\S.*?\S)\1/g, '$2'],
  [/(?<![\w*\\])\*(\S|\S[^*]*[^\s\\])\*(?![\w*])/g, '$1'],
  [/(?<![\w\\])_(\S|\S[^_]*[^\s\\])_(?!\w)/g, '$1'],
  [/\\([\\`*_{}[\]()#+\-.!|>~])/g, '$1'],
];

/**
 * A quoted passage as it would be read aloud. A quote may be cut anywhere, so it is not parsed as a document of its own:
 * line by line it loses the marks of Markdown and keeps its words.
 */
export function plainQuote(quote: string): string {
  return quote
    .split('\n')
    .filter((line) => !/^\s*(\|?(\s*:?-+:?\s*\|)+(\s*:?-+:?\s*)?|`{3,}.*|~{3,}.*|[-*_](\s*[-*_]){2,})\s*$/.test(line))
    .map(plainLine)
    .join('\n')
    .trim();
}

function plainLine(line: string): string {
  const words = line
    .replace(/^\s*(#{1,6}\s+|>\s?)+/, '')
    .replace(/^(\s*)[*+-]\s+(\[[ x]\]\s+)?/i, '$1• ')
    .replace(/^\s*\|(.*)\|\s*$/, (_, cells: string) =>
      cells
        .split('|')
        .map((cell) => cell.trim())
        .join(' · '),
    );
  return MARKS.reduce((text, [mark, kept]) => text.replace(mark, kept), words);
}
