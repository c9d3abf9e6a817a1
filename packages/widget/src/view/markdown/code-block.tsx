import { Component } from 'preact';
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
    return <span class="code-lines">{this.props.group.flat().map(renderPiece)}</span>;
  }
}

function renderPiece(piece: CodePiece) {
  return typeof piece === 'string' ? piece : <span class={`code-${piece[0]}`}>{piece[1]}</span>;
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
