import { useLayoutEffect, useRef } from 'preact/hooks';
import type { ChatMessage } from '../model/chat-message.ts';
import { EarlierButton } from './earlier-button.tsx';
import { ErrorNotice } from './error-notice.tsx';
import { JumpButton } from './jump-button.tsx';
import { Markdown } from './markdown/markdown.tsx';
import { Answer, Question } from './message.tsx';
import { OfflineBanner } from './offline-banner.tsx';
import { Picture } from './picture.tsx';
import { Separator } from './separator.tsx';
import { Starters } from './starters.tsx';
import { TypingIndicator } from './typing-indicator.tsx';
import { useKeptPlace } from './use-kept-place.ts';
import { useStickToBottom } from './use-stick-to-bottom.ts';
import { useWidget } from './widget-context.ts';

/** The conversation. It stays at its end unless the visitor scrolls away from there. */
export function MessageList({ isOpen }: { isOpen: boolean }) {
  const { chat, words } = useWidget();
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const { isAtEnd, stick, jumpToEnd } = useStickToBottom(scroller, content);
  const messages = chat.messages.value;
  const history = chat.history.value;
  const newest = messages.at(-1);
  const lastQuestion = messages.findLast(({ role }) => role === 'user');
  useKeptPlace(scroller, messages[0]?.key);

  useLayoutEffect(() => {
    if (isOpen) stick();
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
            <Row
              key={message.key}
              message={message}
              before={messages[index - 1]}
              isLast={message === newest || message === lastQuestion}
            />
          ))}
          {/* Once something has been sent, what became of that says it; a line put in between would shift the rest. */}
          {history === 'failed' && chat.historyError.value && messages.length === 0 && (
            <ErrorNotice error={chat.historyError.value} onRetry={() => void chat.connect()} />
          )}
          {messages.length === 0 && history !== 'loading' && <Starters />}
          <TypingIndicator />
        </div>
      </div>
      <OfflineBanner />
      <JumpButton isAtEnd={isAtEnd} onJump={jumpToEnd} />
    </div>
  );
}

interface RowProps {
  message: ChatMessage;
  before: ChatMessage | undefined;
  isLast: boolean;
}

function Row({ message, before, isLast }: RowProps) {
  return (
    <>
      <Separator date={message.createdAt} before={before?.createdAt} />
      {message.role === 'user' ? (
        <Question message={message} isLast={isLast} />
      ) : (
        <Answer message={message} isLast={isLast} />
      )}
    </>
  );
}

function Greeting() {
  const { config, pieces, words } = useWidget();
  const { avatar, greeting, imageHosts } = config.value;
  if (!greeting) return null;
  return (
    <div class="message assistant">
      <Picture address={avatar} class="face" />
      <Markdown text={greeting} streaming={false} imageHosts={imageHosts} words={words.value} pieces={pieces} />
    </div>
  );
}
