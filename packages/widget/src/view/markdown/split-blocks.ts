import type { MarkedToken, Token } from 'marked';

/** Where the finished part of a source ends: how many tokens and characters belong to it. */
interface Boundary {
  tokenCount: number;
  length: number;
}

/**
 * Finds how much of a growing source can never read differently, whatever follows.
 *
 * A block is finished when it ends by itself (heading, rule, closed fence) or when a blank line follows it. A list,
 * indented code and some HTML go on after blank lines, so for them it must also be clear that the next line is not one of theirs.
 * What a later link definition changes is not covered: see `mayDefineLink`.
 */
export function findBoundary(tokens: readonly Token[], source: string): Boundary {
  let boundary: Boundary = { tokenCount: 0, length: 0 };
  let position = 0;
  let previous: MarkedToken | undefined;
  let previousStart = 0;
  (tokens as readonly MarkedToken[]).forEach((token, index) => {
    const start = position;
    position += token.raw.length;
    if (token.type === 'space') return;
    if (previous && isFinished(previous, source.slice(previousStart, start), source.slice(start))) {
      boundary = { tokenCount: index, length: start };
    }
    previous = token;
    previousStart = start;
  });
  if (previous && isFinished(previous, source.slice(previousStart), '')) {
    // Spaces after the last line break may indent what follows, so they stay.
    boundary = { tokenCount: tokens.length, length: source.lastIndexOf('\n') + 1 };
  }
  return boundary;
}

/** Whether the source may hold a link definition, which can change any `[text]` before it. */
export function mayDefineLink(source: string): boolean {
  return source.includes(']:');
}

function isFinished(block: MarkedToken, source: string, rest: string): boolean {
  const endsItself = block.type === 'heading' || block.type === 'hr' || isFence(block);
  if (endsItself) return rest !== '';
  const hasBlankLine = /\n[ \t]*\n[ \t]*$/.test(source);
  // HTML such as `<pre>` or a comment runs to its own end, across blank lines.
  const goesOnAfterBlankLine = block.type === 'list' || block.type === 'code' || block.type === 'html';
  return hasBlankLine && (!goesOnAfterBlankLine || isClearStart(rest));
}

function isFence(block: MarkedToken): boolean {
  return block.type === 'code' && block.codeBlockStyle !== 'indented';
}

/** Whether these characters cannot become an indented line or an item: a whole line has been read as it is. */
function isClearStart(rest: string): boolean {
  return rest.includes('\n') || /^[^\s\d*+-]/.test(rest);
}
