import type { RefObject } from 'preact';
import { useLayoutEffect } from 'preact/hooks';
import type { ChatMessage } from '../../model/chat-message.ts';
import { useWidget } from '../widget-context.ts';
import { EarlierButton } from './earlier-button.tsx';
import { Answer, Question } from './message.tsx';
import { Separator } from './separator.tsx';
import { TypingIndicator } from './typing-indicator.tsx';
import { useKeptPlace } from './use-kept-place.ts';

interface MessagesProps {
  scroller: RefObject<HTMLElement | null>;
  jumpToEnd: () => void;
}

/** What has been said, and who is about to say something. */
export function Messages({ scroller, jumpToEnd }: MessagesProps) {
  const { chat } = useWidget();
  const messages = chat.messages.value;
  const newest = messages.at(-1);
  const lastQuestion = messages.findLast(({ role }) => role === 'user');
  useKeptPlace(scroller, messages[0]?.key);

  useLayoutEffect(() => {
    // One's own message is always shown, wherever one was reading.
    if (newest?.role === 'user') jumpToEnd();
  }, [newest?.key]);

  return (
    <>
      {chat.earlierCursor.value !== null && <EarlierButton scroller={scroller} />}
      {messages.map((message, index) => (
        <Row
          key={message.key}
          message={message}
          before={messages[index - 1]}
          isLast={message === newest || message === lastQuestion}
        />
      ))}
      <TypingIndicator />
    </>
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
