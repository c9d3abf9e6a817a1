import { useEffect, useState } from 'preact/hooks';
import { errorText, type VisibleError } from './error-text.ts';
import { Icon } from './icons.tsx';
import { useWidget } from './widget-context.ts';

interface ErrorNoticeProps {
  error: VisibleError;
  /** What was not done, before the reason. */
  lead?: string;
  onRetry?: () => void;
  onDismiss?: () => void;
}

/** A fault and what can be done about it. Spoken once, when it appears. */
export function ErrorNotice({ error, lead, onRetry, onDismiss }: ErrorNoticeProps) {
  const { announcer, config, words } = useWidget();
  const secondsLeft = useCountdown(error);
  const text = [lead, errorText(error, words.value, config.value.texts)].filter(Boolean).join(' ');
  useEffect(() => announcer.say(text), [error]);
  return (
    <div class="notice">
      <Icon name="alert" />
      <p class="notice-text" dir="auto">
        {text}
      </p>
      {onRetry && (
        <button type="button" class="button small" disabled={secondsLeft > 0} onClick={onRetry}>
          {secondsLeft > 0 ? words.value.retryIn(secondsLeft) : words.value.retry}
        </button>
      )}
      {onDismiss && (
        <button type="button" class="icon-button" aria-label={words.value.dismiss} onClick={onDismiss}>
          <Icon name="close" />
        </button>
      )}
    </div>
  );
}

/** Seconds until the server wants to hear of this again. */
function useCountdown(error: VisibleError): number {
  const [secondsLeft, setSecondsLeft] = useState(error.retryAfterSeconds ?? 0);
  useEffect(() => setSecondsLeft(error.retryAfterSeconds ?? 0), [error]);
  useEffect(() => {
    if (secondsLeft <= 0) return undefined;
    const timer = setTimeout(() => setSecondsLeft(secondsLeft - 1), 1_000);
    return () => clearTimeout(timer);
  }, [secondsLeft]);
  return secondsLeft;
}
