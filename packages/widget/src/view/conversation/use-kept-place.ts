import type { RefObject } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

/**
 * Keeps what is being read where it is when messages are put before it. Safari does not anchor scrolling by itself, and
 * the other browsers let go of it at the very top, where this happens.
 *
 * @param firstKey changes when the first message does
 */
export function useKeptPlace(scroller: RefObject<HTMLElement | null>, firstKey: string | undefined): void {
  const last = useRef<{ row: HTMLElement; top: number }>(null);
  useLayoutEffect(() => {
    const box = scroller.current;
    if (!box) return;
    const { row, top } = last.current ?? {};
    const shift = row?.isConnected ? row.offsetTop - top! : 0;
    if (shift > 0) {
      box.style.overflowAnchor = 'none';
      box.scrollTop += shift;
      requestAnimationFrame(() => (box.style.overflowAnchor = ''));
    }
    const first = box.querySelector<HTMLElement>('.message.user');
    last.current = first && { row: first, top: first.offsetTop };
  }, [firstKey]);
}
