import { useWidget } from './widget-context.ts';

/** A pause this long begins a new stretch of conversation. */
const PAUSE_MS = 60 * 60 * 1_000;

/** Says when a stretch of conversation began: at its first message, after a pause and on a new day. */
export function Separator({ date, before }: { date: Date; before: Date | undefined }) {
  const { locale } = useWidget();
  if (before && date.getTime() - before.getTime() < PAUSE_MS) return null;
  return (
    <p class="separator" dir="auto">
      <time dateTime={date.toISOString()}>{formatMoment(date, locale.value)}</time>
    </p>
  );
}

/** Only the time for today, and the day as well for any other. */
export function formatMoment(date: Date, locale: string, now = new Date()): string {
  const time = { hour: 'numeric', minute: '2-digit' } as const;
  const day = { day: 'numeric', month: 'short' } as const;
  const isToday = date.toDateString() === now.toDateString();
  return new Intl.DateTimeFormat(locale, isToday ? time : { ...day, ...time }).format(date);
}
