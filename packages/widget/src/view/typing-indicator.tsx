import { useWidget } from './widget-context.ts';

/** Shown from the moment a message is sent until there is text to read, and whenever the line is down meanwhile. */
export function TypingIndicator() {
  const { chat, isOnline, words } = useWidget();
  const activity = chat.activity.value;
  // Without a network the banner says so, and the message that it waits.
  if (activity === 'idle' || !isOnline.value) return null;
  if (chat.connection.value !== 'connected') return <p class="quiet">{words.value.reconnecting}</p>;
  const tool = chat.tool.value;
  if (activity === 'streaming' && !tool) return null;
  const doing = tool ? words.value.searching : chat.isRejoining.value ? words.value.rejoining : undefined;
  return (
    <p class="typing">
      <span class="dots" aria-hidden="true">
        <span />
        <span />
        <span />
      </span>
      <span class={doing ? 'quiet' : 'visually-hidden'}>{doing ?? words.value.typing}</span>
    </p>
  );
}
