import { useWidget } from './widget-context.ts';

/** Read out by screen readers, seen by nobody. The log itself is silent: it would be read token by token. */
export function AnnouncerRegion() {
  const { announcer } = useWidget();
  return (
    <div class="visually-hidden" aria-live="polite">
      {announcer.lines.value.map(({ id, text }) => (
        <p key={id}>{text}</p>
      ))}
    </div>
  );
}
