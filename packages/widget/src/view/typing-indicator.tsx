import { Dots } from './dots.tsx';
import { useWidget } from './widget-context.ts';

/** Shown from the moment a message is sent until there is text to read, and whenever the line is down meanwhile. */
export function TypingIndicator() {
  const { chat, words } = useWidget();
  const activity = chat.activity.value;
  const connection = chat.connection.value;
  if (activity === 'idle') return null;
  if (connection !== 'connected') {
    // Another line than the one below: one that changed its size in place would count as a shift of the page's layout.
    return (
      <p key="connection" class="quiet">
        {connection === 'offline' ? words.value.offline : words.value.reconnecting}
      </p>
    );
  }
  const tool = chat.tool.value;
  if (activity === 'streaming' && !tool) return null;
  return (
    <p key="typing" class="typing">
      <Dots />
      <span class={tool ? 'quiet' : 'visually-hidden'}>{tool ? words.value.searching : words.value.typing}</span>
    </p>
  );
}
