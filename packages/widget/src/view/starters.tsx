import { useWidget } from './widget-context.ts';

/** Questions to begin with, while there are no messages. */
export function Starters() {
  const { chat, config } = useWidget();
  const { starters } = config.value;
  if (starters.length === 0) return null;
  return (
    <div class="starters">
      {starters.map((starter) => (
        <button key={starter} type="button" class="starter" dir="auto" onClick={() => chat.send(starter)}>
          {starter}
        </button>
      ))}
    </div>
  );
}
