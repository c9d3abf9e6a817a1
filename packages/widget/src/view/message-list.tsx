import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { Dots } from './dots.tsx';
import { ErrorNotice } from './error-notice.tsx';
import { isPlainLine } from './markdown/plain-line.ts';
import { OfflineBanner } from './offline-banner.tsx';
import { Picture } from './picture.tsx';
import { Starters } from './starters.tsx';
import { useStickToBottom } from './use-stick-to-bottom.ts';
import { useWidget } from './widget-context.ts';

/** The conversation. It stays at its end unless the visitor scrolls away from there. */
export function MessageList({ isOpen }: { isOpen: boolean }) {
  const { chat, conversation, words } = useWidget();
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const { isAtEnd, stick, jumpToEnd } = useStickToBottom(scroller, content);
  const isEmpty = chat.messages.value.length === 0;
  const history = chat.history.value;
  const view = conversation.piece.value;

  useLayoutEffect(() => {
    if (isOpen) stick();
  }, [isOpen]);

  return (
    <div class="conversation">
      <div ref={scroller} class="log" role="log" aria-live="off" aria-label={words.value.conversation} tabIndex={0}>
        <div ref={content} class="log-content">
          {chat.earlierCursor.value === null && <Greeting />}
          {history === 'loading' && isEmpty && <p class="quiet">{words.value.loading}</p>}
          {view ? <view.Messages scroller={scroller} jumpToEnd={jumpToEnd} /> : <UndrawnMessages />}
          {/* Once something has been sent, what became of that says it; a line put in between would shift the rest. */}
          {history === 'failed' && chat.historyError.value && isEmpty && (
            <ErrorNotice error={chat.historyError.value} onRetry={() => void chat.connect()} />
          )}
          {isEmpty && history !== 'loading' && <Starters />}
        </div>
      </div>
      <OfflineBanner />
      {view && <view.JumpButton isAtEnd={isAtEnd} onJump={jumpToEnd} />}
    </div>
  );
}

function Greeting() {
  const { config, conversation, pieces, words } = useWidget();
  const { avatar, greeting, imageHosts } = config.value;
  const isPlain = isPlainLine(greeting);
  const view = conversation.piece.value;
  useEffect(() => {
    if (isPlain || !greeting) return;
    conversation.load();
    pieces.reader.load();
  }, [greeting]);
  if (!greeting) return null;
  return (
    <div class="message assistant">
      <Picture address={avatar} class="face" />
      {view && !isPlain ? (
        <view.Markdown text={greeting} streaming={false} imageHosts={imageHosts} words={words.value} pieces={pieces} />
      ) : isPlain || conversation.hasFailed.value ? (
        <PlainText text={greeting} />
      ) : (
        <Dots />
      )}
    </div>
  );
}

/** Until what draws them has come. Where that cannot be had, they can at least be read. */
function UndrawnMessages() {
  const { chat, conversation, isOnline, words } = useWidget();
  const messages = chat.messages.value;
  if (messages.length === 0 && chat.heldForConsent.value === null) return null;
  if (!conversation.hasFailed.value) return <Dots />;
  return (
    <>
      {messages.map(({ key, role, state }) => (
        <div key={key} class="message assistant">
          <b>{role === 'user' ? words.value.you : words.value.assistant}: </b>
          <PlainText text={state.value.content} />
        </div>
      ))}
      {isOnline.value ? (
        <ErrorNotice error={NOT_DRAWN} onRetry={() => conversation.load()} />
      ) : (
        <p class="quiet">{words.value.waitsForNetwork}</p>
      )}
    </>
  );
}

const NOT_DRAWN = { code: 'NETWORK' } as const;

function PlainText({ text }: { text: string }) {
  return (
    <div class="markdown">
      <p class="undrawn" dir="auto">
        {text}
      </p>
    </div>
  );
}
