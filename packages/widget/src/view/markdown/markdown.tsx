import { Component } from 'preact';
import type { Token } from 'marked';
import { useMemo } from 'preact/hooks';
import { createBlockReader } from './read-blocks.ts';
import { renderBlock } from './render-block.tsx';
import type { MarkdownWords, RenderContext } from './render-context.ts';

export interface MarkdownProps {
  /** Markdown source. While `streaming`, it only grows at its end. */
  text: string;
  /** Whether more text may follow. */
  streaming: boolean;
  /** Hosts images may load from, `*.host` for every host below one. Any other image becomes a link. */
  imageHosts: readonly string[];
  words: MarkdownWords;
}

/**
 * An answer in Markdown (GFM) as nodes. The source becomes tokens and the tokens become nodes by an allow-list, so no
 * part of an answer is ever read as HTML. While it streams, only the open end is read and drawn again; the nodes of
 * finished blocks stay, with whatever is selected or focused in them.
 */
export function Markdown({ text, streaming, imageHosts, words }: MarkdownProps) {
  const reader = useMemo(createBlockReader, []);
  const groups = useMemo(() => reader.read(text, streaming), [text, streaming]);
  // By content, so that a caller may write the lists and words where it uses the component.
  const context = useMemo<RenderContext>(
    () => ({ imageHosts, words }),
    [imageHosts.join(' '), words.copyCode, words.copied],
  );
  return (
    <div class="markdown">
      {groups.map((tokens, index) => (
        <BlockGroup key={index} tokens={tokens} context={context} />
      ))}
    </div>
  );
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
