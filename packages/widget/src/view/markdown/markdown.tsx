import { Component } from 'preact';
import type { Token } from 'marked';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import type { MarkdownPieces } from './pieces.ts';
import { readPlainLine } from './plain-line.ts';
import { renderBlock } from './render-block.tsx';
import { Dots } from '../dots.tsx';
import type { MarkdownWords, RenderContext } from './render-context.ts';
import type { BlockGroups } from './token-groups.ts';

export interface MarkdownProps {
  /** Markdown source. While `streaming`, it only grows at its end. */
  text: string;
  /** Whether more text may follow. */
  streaming: boolean;
  /** Hosts images may load from, `*.host` for every host below one. Any other image becomes a link. */
  imageHosts: readonly string[];
  words: MarkdownWords;
  pieces: MarkdownPieces;
}

/**
 * An answer in Markdown (GFM) as nodes. The source becomes tokens and the tokens become nodes by an allow-list, so no
 * part of an answer is ever read as HTML. While it streams, only the open end is read and drawn again; the nodes of
 * finished blocks stay, with whatever is selected or focused in them.
 */
export function Markdown({ text, streaming, imageHosts, words, pieces }: MarkdownProps) {
  const groups = useGroups(text, streaming, pieces);
  // By content, so that a caller may write the lists and words where it uses the component.
  const context = useMemo<RenderContext>(
    () => ({ imageHosts, words, pieces }),
    [imageHosts.join(' '), words.copyCode, words.copied, pieces],
  );
  if (!groups) return <Dots />;
  return (
    <div class="markdown">
      {groups.map((tokens, index) => (
        <BlockGroup key={index} tokens={tokens} context={context} />
      ))}
    </div>
  );
}

/**
 * The blocks of a text. While the reader is on its way that is the plain line the text begins with, if it does;
 * undefined when there is nothing to show yet.
 */
function useGroups(text: string, streaming: boolean, { reader }: MarkdownPieces): BlockGroups | undefined {
  const piece = reader.piece.value;
  const plainLine = useRef<BlockGroups>(undefined);
  const blocks = useMemo(() => piece?.createBlockReader(), [piece]);
  const groups = useMemo(
    () => (blocks ? blocks.read(text, streaming) : readPlainLine(streaming ? text.trimEnd() : text)),
    [blocks, text, streaming],
  );
  const isMissing = !groups;
  useEffect(() => {
    if (isMissing) reader.load();
  }, [isMissing]);
  if (groups) return (plainLine.current = groups);
  return reader.hasFailed.value ? [[{ type: 'plain-text', raw: text }]] : plainLine.current;
}

/** Blocks that are compared as one, so that a long answer costs no more per piece than a short one. */
class BlockGroup extends Component<{ tokens: readonly Token[]; context: RenderContext }> {
  override shouldComponentUpdate(next: BlockGroup['props']): boolean {
    return next.tokens !== this.props.tokens || next.context !== this.props.context;
  }

  override render() {
    const { tokens, context } = this.props;
    return tokens.map((token, index) => <Block key={index} token={token} context={context} />);
  }
}

class Block extends Component<{ token: Token; context: RenderContext }> {
  override shouldComponentUpdate(next: Block['props']): boolean {
    return next.token !== this.props.token || next.context !== this.props.context;
  }

  override render() {
    return renderBlock(this.props.token, this.props.context);
  }
}
