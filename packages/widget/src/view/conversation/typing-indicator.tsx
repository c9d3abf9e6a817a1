import { Dots } from '../dots.tsx';
import { useWidget } from '../widget-context.ts';

/** Shown from the moment a message is sent until there is text to read, and whenever the line is down meanwhile. */
export function TypingIndicator() {
  const { chat, isOnline, words } = useWidget();
  const activity = chat.activity.value;
  // Without a network the banner says so, and the message that it waits.
  if (activity === 'idle' || !isOnline.value) return null;
  if (chat.connection.value !== 'connected') {
    // Another line than the one below: one that changed its size in place would count as a shift of the page's layout.
    return (
      <p key="connection" class="quiet">
        {words.value.reconnecting}
      </p>
    );
  }
  const tool = chat.tool.value;
  if (activity === 'streaming' && !tool) return null;
  const doing = tool ? words.value.searching : chat.isRejoining.value ? words.value.rejoining : undefined;
  return (
    <p key="typing" class="typing">
      <Dots />
      <span class={doing ? 'quiet' : 'visually-hidden'}>{doing ?? words.value.typing}</span>
    </p>
  );
}
