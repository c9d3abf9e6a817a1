import { useEffect, useRef } from 'preact/hooks';
import { useWidget } from './widget-context.ts';

/** Says that there is no network, for as long as there is none, and once that it is back. */
export function OfflineBanner() {
  const { announcer, config, isOnline, words } = useWidget();
  const wasOffline = useRef(false);
  const text = config.value.texts.offline_message ?? words.value.offline;
  const isOffline = !isOnline.value;
  useEffect(() => {
    if (isOffline) announcer.say(text);
    else if (wasOffline.current) announcer.say(words.peek().backOnline);
    wasOffline.current = isOffline;
  }, [isOffline]);
  if (!isOffline) return null;
  return (
    <p class="banner" dir="auto">
      {text}
    </p>
  );
}
