import { useLayoutEffect, useRef } from 'preact/hooks';
import type { ChatMessage } from '../model/chat-message.ts';
import { ErrorNotice } from './error-notice.tsx';
import { Icon } from './icons.tsx';
import { Answer, Question } from './message.tsx';
import { Markdown } from './markdown/markdown.tsx';
import { Separator } from './separator.tsx';
import { Starters } from './starters.tsx';
import { TypingIndicator } from './typing-indicator.tsx';
import { useStickToBottom } from './use-stick-to-bottom.ts';
import { useWidget } from './widget-context.ts';

/** The conversation. It stays at its end unless the visitor scrolls away from there. */
export function MessageList({ isOpen }: { isOpen: boolean }) {
  const { chat, words } = useWidget();
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const { isAtEnd, jumpToEnd } = useStickToBottom(scroller, content);
  const messages = chat.messages.value;
  const history = chat.history.value;
  const newest = messages.at(-1);

  useLayoutEffect(() => {
    if (isOpen) jumpToEnd();
  }, [isOpen]);
  useLayoutEffect(() => {
    // One's own message is always shown, wherever one was reading.
    if (newest?.role === 'user') jumpToEnd();
  }, [newest?.key]);

  return (
    <div class="conversation">
      <div ref={scroller} class="log" role="log" aria-live="off" aria-label={words.value.conversation} tabIndex={0}>
        <div ref={content} class="log-content">
          {chat.earlierCursor.value !== null && <EarlierButton scroller={scroller} />}
          {chat.earlierCursor.value === null && <Greeting />}
          {history === 'loading' && messages.length === 0 && <p class="quiet">{words.value.loading}</p>}
          {messages.map((message, index) => (
            <Row key={message.key} message={message} before={messages[index - 1]} />
          ))}
          {/* Once something has been sent, what became of that says it; a line put in between would shift the rest. */}
          {history === 'failed' && chat.historyError.value && messages.length === 0 && (
            <ErrorNotice error={chat.historyError.value} onRetry={() => void chat.connect()} />
          )}
          {messages.length === 0 && history !== 'loading' && <Starters />}
          <TypingIndicator />
        </div>
      </div>
      {!isAtEnd && (
        <button type="button" class="jump" aria-label={words.value.jumpToLatest} onClick={jumpToEnd}>
          <Icon name="down" />
        </button>
      )}
    </div>
  );
}

function Row({ message, before }: { message: ChatMessage; before: ChatMessage | undefined }) {
  return (
    <>
      <Separator date={message.createdAt} before={before?.createdAt} />
      {message.role === 'user' ? <Question message={message} /> : <Answer message={message} />}
    </>
  );
}

function Greeting() {
  const { config, pieces, words } = useWidget();
  const { greeting, imageHosts } = config.value;
  if (!greeting) return null;
  return (
    <div class="message assistant">
      <Markdown text={greeting} streaming={false} imageHosts={imageHosts} words={words.value} pieces={pieces} />
    </div>
  );
}

function EarlierButton({ scroller }: { scroller: { current: HTMLDivElement | null } }) {
  const { chat, words } = useWidget();
  const load = async () => {
    const heightBefore = scroller.current?.scrollHeight ?? 0;
    await chat.loadEarlier();
    // What was being read stays where it is; the new rows go above it.
    requestAnimationFrame(() => scroller.current?.scrollBy(0, scroller.current.scrollHeight - heightBefore));
  };
  return (
    <button type="button" class="button small earlier" onClick={() => void load()}>
      {words.value.earlier}
    </button>
  );
}
