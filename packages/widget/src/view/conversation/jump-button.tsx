import { useRef } from 'preact/hooks';
import { Icon } from '../icons.tsx';
import { useWidget } from '../widget-context.ts';

/** Leads to the end while the visitor reads further up, and says how much has come there since. */
export function JumpButton({ isAtEnd, onJump }: { isAtEnd: boolean; onJump: () => void }) {
  const { chat, words } = useWidget();
  const answers = chat.messages.value.filter(({ role }) => role === 'assistant');
  const finished = answers.filter(({ state }) => !/waiting|streaming/.test(state.value.status)).length;
  const seen = useRef(0);
  if (isAtEnd) {
    seen.current = finished;
    return null;
  }
  // An answer still under way counts from its first text on.
  const fresh = answers.slice(seen.current).filter(({ state }) => state.value.content !== '').length;
  const name = words.value.jumpToLatest;
  return (
    <button
      type="button"
      class="jump"
      aria-label={fresh > 0 ? `${name}, ${words.value.newBelow(fresh)}` : name}
      title={name}
      onClick={onJump}
    >
      <Icon name="down" />
      {fresh > 0 && <span aria-hidden="true">{fresh}</span>}
    </button>
  );
}
