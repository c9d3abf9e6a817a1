import { useEffect, useMemo, useState } from 'preact/hooks';
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

/** Pages that were refused in the same moment do not come back in the same moment. */
const JITTER_MS = 2_000;

/** Whole seconds until this may be tried again: what the server asked for, and a little more. */
function useCountdown(error: VisibleError): number {
  const until = useMemo(() => performance.now() + waitMs(error), [error]);
  const [, countSecond] = useState(0);
  const leftMs = Math.max(0, until - performance.now());
  useEffect(() => {
    if (leftMs === 0) return undefined;
    const timer = setTimeout(() => countSecond((count) => count + 1), leftMs % 1_000 || 1_000);
    return () => clearTimeout(timer);
  });
  return Math.ceil(leftMs / 1_000);
}

function waitMs({ retryAfterSeconds = 0 }: VisibleError): number {
  return retryAfterSeconds > 0 ? retryAfterSeconds * 1_000 + Math.random() * JITTER_MS : 0;
}
