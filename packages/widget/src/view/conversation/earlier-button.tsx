import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { useWidget } from '../widget-context.ts';

/** How far from the top the messages before are asked for, so that they are there when the visitor is. */
const AHEAD_PX = 300;

/** At the top of a conversation that goes further back. Scrolling up to it is as good as pressing it. */
export function EarlierButton({ scroller }: { scroller: RefObject<HTMLElement | null> }) {
  const { chat, words } = useWidget();
  const button = useRef<HTMLButtonElement>(null);
  const state = chat.earlier.value;

  useEffect(() => {
    // What has failed once waits for a wish, or it would fail again and again.
    if (state !== 'idle' || !button.current) return undefined;
    const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting && void chat.loadEarlier(), {
      root: scroller.current,
      rootMargin: `${AHEAD_PX}px 0px 0px`,
    });
    observer.observe(button.current);
    return () => observer.disconnect();
  }, [state, chat.earlierCursor.value]);

  return (
    <button
      ref={button}
      type="button"
      class="button small earlier"
      aria-disabled={state === 'loading' ? 'true' : undefined}
      onClick={() => void chat.loadEarlier()}
    >
      {state === 'loading' ? words.value.loadingEarlier : words.value.earlier}
    </button>
  );
}
