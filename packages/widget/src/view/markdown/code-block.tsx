import { Component, Fragment } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { CodeLines, type CodeGroup } from './code-lines.ts';
import { copyText } from './copy-text.ts';
import type { CodePiece } from './highlight-code.ts';
import type { MarkdownWords, RenderContext } from './render-context.ts';
import { useOverflow } from './use-overflow.ts';

const confirmationMs = 2000;

interface CodeBlockProps {
  code: string;
  /** First word after the fence, or empty. */
  language: string;
  context: RenderContext;
}

/** Code with the name of its language and a button that copies it. Code runs left to right in every language. */
export function CodeBlock({ code, language, context: { words, pieces } }: CodeBlockProps) {
  const scroller = useRef<HTMLPreElement>(null);
  const scrolls = useOverflow(scroller);
  const { highlighter } = pieces;
  useEffect(() => {
    if (language) highlighter.load();
  }, [language]);
  const piece = highlighter.piece.value;
  const lines = useMemo(() => new CodeLines(piece?.findHighlighter(language)), [piece, language]);
  return (
    <div class="code-block" dir="ltr">
      <div class="code-header">
        <span class="code-language">{language}</span>
        <CopyButton code={code} words={words} />
      </div>
      <pre ref={scroller} tabIndex={scrolls ? 0 : undefined}>
        <code class={language ? `language-${language}` : undefined}>
          {lines.read(code).map((group, index) => (
            <LineGroup key={index} group={group} />
          ))}
        </code>
      </pre>
    </div>
  );
}

/** Lines that are compared as one: the lines above the last ones are never drawn again. */
class LineGroup extends Component<{ group: CodeGroup }> {
  override shouldComponentUpdate(next: LineGroup['props']): boolean {
    return next.group !== this.props.group;
  }

  override render() {
    let position = 0;
    return (
      <span class="code-lines">
        {joinTexts(this.props.group.flat()).map((piece) => {
          const at = position;
          position += typeof piece === 'string' ? piece.length : piece[1].length;
          return renderPiece(piece, at);
        })}
      </span>
    );
  }
}

/** Fewer nodes: what has no colour goes on over the ends of lines. */
function joinTexts(pieces: readonly CodePiece[]): CodePiece[] {
  const joined: CodePiece[] = [];
  for (const piece of pieces) {
    const last = joined.at(-1);
    if (typeof piece === 'string' && typeof last === 'string') joined[joined.length - 1] = last + piece;
    else joined.push(piece);
  }
  return joined;
}

/** By its position: a node that came to stand elsewhere while a line is being coloured would be a shift of the layout. */
function renderPiece(piece: CodePiece, at: number) {
  if (typeof piece === 'string') return <Fragment key={at}>{piece}</Fragment>;
  return (
    <span key={at} class={`code-${piece[0]}`}>
      {piece[1]}
    </span>
  );
}

function CopyButton({ code, words }: { code: string; words: MarkdownWords }) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return undefined;
    const timer = setTimeout(() => setCopied(false), confirmationMs);
    return () => clearTimeout(timer);
  }, [copied]);
  return (
    <>
      <button
        type="button"
        class="copy-code"
        onClick={(event) => void copyText(code, event.currentTarget).then(setCopied)}
      >
        {copied ? words.copied : words.copyCode}
      </button>
      <span class="visually-hidden" role="status">
        {copied ? words.copied : ''}
      </span>
    </>
  );
}
