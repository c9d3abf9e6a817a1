import { formatDay, formatMoment } from './format-moment.ts';
import { useWidget } from '../widget-context.ts';

/** A pause this long begins a new stretch of conversation. */
const PAUSE_MS = 60 * 60 * 1_000;

/** Says on which day a stretch of conversation began, and when: at its first message, on a new day, after a pause. */
export function Separator({ date, before }: { date: Date; before: Date | undefined }) {
  const { locale } = useWidget();
  const isNewDay = date.toDateString() !== before?.toDateString();
  if (before && !isNewDay && date.getTime() - before.getTime() < PAUSE_MS) return null;
  const time = formatMoment(date, locale.value, date);
  return (
    <p class="separator" dir="auto">
      <time dateTime={date.toISOString()}>
        {isNewDay && <b>{formatDay(date, locale.value)}</b>} {time}
      </time>
    </p>
  );
}
