import { useEffect, useRef, useState } from 'preact/hooks';
import { copyText } from './copy-text.ts';
import type { MarkdownWords } from './render-context.ts';
import { useOverflow } from './use-overflow.ts';

const confirmationMs = 2000;

interface CodeBlockProps {
  code: string;
  /** First word after the fence, or empty. */
  language: string;
  words: MarkdownWords;
}

/** Code with the name of its language and a button that copies it. Code runs left to right in every language. */
export function CodeBlock({ code, language, words }: CodeBlockProps) {
  const scroller = useRef<HTMLPreElement>(null);
  const scrolls = useOverflow(scroller);
  return (
    <div class="code-block" dir="ltr">
      <div class="code-header">
        <span class="code-language">{language}</span>
        <CopyButton code={code} words={words} />
      </div>
      <pre ref={scroller} tabIndex={scrolls ? 0 : undefined}>
        <code class={language ? `language-${language}` : undefined}>{code}</code>
      </pre>
    </div>
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
