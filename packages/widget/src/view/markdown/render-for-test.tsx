import { render } from 'preact';
import { act } from 'preact/test-utils';
import { createLoadedPieces } from './loaded-pieces.ts';
import { Markdown } from './markdown.tsx';
import type { MarkdownProps } from './markdown.tsx';

/** Test aid: draws an answer into an element of its own; `draw` again with more text to stream it. */
export function createAnswer(options: Partial<MarkdownProps> = {}) {
  const root = document.createElement('div');
  document.body.append(root);
  const pieces = createLoadedPieces();
  const words = { copyCode: 'Copy code', copied: 'Copied' };
  return {
    root,
    draw: (text: string, streaming = false) =>
      act(() =>
        render(
          <Markdown imageHosts={[]} words={words} pieces={pieces} {...options} text={text} streaming={streaming} />,
          root,
        ),
      ),
    remove: () => {
      void act(() => render(null, root));
      root.remove();
    },
  };
}

/** Test aid: the element an answer in one piece is drawn into. */
export function drawWhole(text: string, options: Partial<MarkdownProps> = {}): HTMLElement {
  const answer = createAnswer(options);
  void answer.draw(text);
  return answer.root;
}
