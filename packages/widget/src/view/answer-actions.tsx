import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { ChatMessage } from '../model/chat-message.ts';
import { Icon } from './icons.tsx';
import { copyText } from './markdown/copy-text.ts';
import { formatMoment } from './separator.tsx';
import { useWidget } from './widget-context.ts';

/** How long a confirmation stays. */
const CONFIRMATION_MS = 2_000;

/** Below every finished answer: copy, rate, and when it came. */
export function AnswerActions({ message }: { message: ChatMessage }) {
  const { config, locale } = useWidget();
  const { id } = message.state.value;
  return (
    <div class="actions">
      {config.value.copy && <CopyButton message={message} />}
      {config.value.feedback && id && <RatingButton message={message} rating="up" />}
      {config.value.feedback && id && <RatingButton message={message} rating="down" />}
      <time class="moment" dateTime={message.createdAt.toISOString()}>
        {formatMoment(message.createdAt, locale.value)}
      </time>
    </div>
  );
}

function CopyButton({ message }: { message: ChatMessage }) {
  const { announcer, words } = useWidget();
  const outcome = useSignal<'none' | 'copied' | 'notCopied'>('none');
  useEffect(() => {
    if (outcome.value === 'none') return undefined;
    const timer = setTimeout(() => (outcome.value = 'none'), CONFIRMATION_MS);
    return () => clearTimeout(timer);
  }, [outcome.value]);

  const copy = async (button: HTMLElement) => {
    const isCopied = await copyText(message.state.peek().content, button);
    outcome.value = isCopied ? 'copied' : 'notCopied';
    announcer.say(words.peek()[outcome.peek() as 'copied']);
  };

  return (
    <>
      <button
        type="button"
        class="icon-button small"
        aria-label={words.value.copyAnswer}
        title={words.value.copyAnswer}
        onClick={(event) => void copy(event.currentTarget)}
      >
        <Icon name={outcome.value === 'copied' ? 'check' : 'copy'} />
      </button>
      {outcome.value !== 'none' && <span class="confirmation">{words.value[outcome.value]}</span>}
    </>
  );
}

function RatingButton({ message, rating }: { message: ChatMessage; rating: 'up' | 'down' }) {
  const { chat, words } = useWidget();
  const isChosen = message.state.value.rating === rating;
  const name = rating === 'up' ? words.value.goodAnswer : words.value.badAnswer;
  return (
    <button
      type="button"
      class="icon-button small"
      aria-label={name}
      title={name}
      aria-pressed={isChosen ? 'true' : 'false'}
      onClick={() => void chat.rate(message, isChosen ? null : rating)}
    >
      <Icon name={rating === 'up' ? 'thumbUp' : 'thumbDown'} />
    </button>
  );
}
