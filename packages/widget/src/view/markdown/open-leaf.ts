import type { MarkedToken, Token } from 'marked';

/** The innermost block that a source ends in: the one whose next character is still to come. */
export function findOpenLeaf(tokens: readonly Token[]): MarkedToken | undefined {
  const last = (tokens as readonly MarkedToken[]).findLast((token) => token.type !== 'space' && token.type !== 'def');
  if (last?.type === 'blockquote') return findOpenLeaf(last.tokens) ?? last;
  if (last?.type === 'list') return findOpenLeaf(last.items.at(-1)?.tokens ?? []) ?? last;
  return last;
}

/** The list of inline tokens that a leaf's next character belongs to, or undefined for a block without any. */
export function findOpenInline(leaf: MarkedToken | undefined): Token[] | undefined {
  if (leaf?.type === 'table') {
    const cells = leaf.rows.at(-1) ?? leaf.header;
    return cells.findLast((cell) => cell.text)?.tokens;
  }
  return leaf?.type === 'paragraph' || leaf?.type === 'heading' || leaf?.type === 'text' ? leaf.tokens : undefined;
}
