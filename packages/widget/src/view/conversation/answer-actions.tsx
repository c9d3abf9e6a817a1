import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { ChatMessage } from '../../model/chat-message.ts';
import { CommentForm } from './comment-form.tsx';
import { formatMoment } from './format-moment.ts';
import { Icon, type IconName } from '../icons.tsx';
import { copyText } from '../markdown/copy-text.ts';
import { useWidget } from '../widget-context.ts';

/** How long a confirmation stays. */
const CONFIRMATION_MS = 2_500;

interface AnswerActionsProps {
  message: ChatMessage;
  isLast: boolean;
}

/** Below every finished answer: copy, ask again, rate, and when it came. */
export function AnswerActions({ message, isLast }: AnswerActionsProps) {
  const { announcer, chat, config, locale, words } = useWidget();
  const confirmation = useSignal('');
  const commentOn = useSignal<'up' | 'down' | null>(null);
  const hasCopied = confirmation.value === words.value.copied;
  const { id, rating } = message.state.value;
  const { copy, feedback } = config.value;

  useEffect(() => {
    if (!confirmation.value) return undefined;
    const timer = setTimeout(() => (confirmation.value = ''), CONFIRMATION_MS);
    return () => clearTimeout(timer);
  }, [confirmation.value]);

  const confirm = (text: string) => {
    confirmation.value = text;
    announcer.say(text);
  };
  const copyAnswer = async (button: HTMLElement) => {
    const isCopied = await copyText(message.state.peek().content, button);
    confirm(isCopied ? words.peek().copied : words.peek().notCopied);
  };
  const rate = (wished: 'up' | 'down') => {
    const isTakenBack = rating === wished;
    commentOn.value = isTakenBack ? null : wished;
    void chat.rate(message, isTakenBack ? null : wished);
  };

  return (
    <>
      <div class="actions">
        {copy && (
          <Action
            icon={hasCopied ? 'check' : 'copy'}
            name={words.value.copyAnswer}
            onClick={(button) => void copyAnswer(button)}
          />
        )}
        {isLast && id && !chat.isBusy.value && (
          <Action icon="again" name={words.value.regenerate} onClick={() => void chat.askAgain()} />
        )}
        {feedback && id && (
          <>
            <Action
              icon="thumbUp"
              name={words.value.goodAnswer}
              isPressed={rating === 'up'}
              onClick={() => rate('up')}
            />
            <Action
              icon="thumbDown"
              name={words.value.badAnswer}
              isPressed={rating === 'down'}
              onClick={() => rate('down')}
            />
          </>
        )}
        {confirmation.value ? (
          <span class="confirmation">{confirmation.value}</span>
        ) : (
          <time class="moment" dateTime={message.createdAt.toISOString()}>
            {formatMoment(message.createdAt, locale.value)}
          </time>
        )}
      </div>
      {commentOn.value && (
        <CommentForm
          message={message}
          rating={commentOn.value}
          onClose={(isSent) => {
            commentOn.value = null;
            if (isSent) confirm(words.peek().commentSent);
          }}
        />
      )}
    </>
  );
}

interface ActionProps {
  icon: IconName;
  name: string;
  isPressed?: boolean;
  onClick: (button: HTMLElement) => void;
}

function Action({ icon, name, isPressed, onClick }: ActionProps) {
  return (
    <button
      type="button"
      class="icon-button small"
      aria-label={name}
      title={name}
      aria-pressed={isPressed === undefined ? undefined : isPressed ? 'true' : 'false'}
      onClick={(event) => onClick(event.currentTarget)}
    >
      <Icon name={icon} />
    </button>
  );
}
