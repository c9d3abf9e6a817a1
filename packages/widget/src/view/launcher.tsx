import type { RefObject } from 'preact';
import { useWidget } from './widget-context.ts';

/** The round button. Closed, it must render exactly what `takeLauncher` leaves: that node is taken over. */
export function LauncherButton({ buttonRef }: { buttonRef: RefObject<HTMLButtonElement | null> }) {
  const { config, launcher, words } = useWidget();
  const isOpen = launcher.isOpen.value;
  const unread = launcher.unread.value;
  return (
    <button
      ref={buttonRef}
      class="launcher"
      aria-label={isOpen ? words.value.closeChat : config.value.label || words.value.openChat}
      aria-expanded={isOpen ? 'true' : 'false'}
      aria-describedby={unread > 0 ? 'unread' : undefined}
      onClick={() => launcher.toggle()}
    >
      {unread > 0 && (
        <span class="badge" aria-hidden="true">
          {unread > 9 ? '9+' : unread}
        </span>
      )}
      {unread > 0 && (
        <span id="unread" class="visually-hidden">
          {words.value.unread(unread)}
        </span>
      )}
    </button>
  );
}
