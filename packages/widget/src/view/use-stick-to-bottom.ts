import type { RefObject } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';

/** How far from the end still counts as being there, in px. */
const END_TOLERANCE_PX = 40;

/**
 * Keeps a scrolling box at its end while its content grows, and when it comes into sight, until somebody scrolls up.
 * Measured in a ResizeObserver, after the browser's own layout, so that neither an answer nor an opening panel costs
 * one more.
 */
export function useStickToBottom(scroller: RefObject<HTMLElement | null>, content: RefObject<HTMLElement | null>) {
  const [isAtEnd, setIsAtEnd] = useState(true);
  const sticks = useRef(true);

  useLayoutEffect(() => {
    const box = scroller.current;
    if (!box || !content.current) return undefined;
    let lastTop = 0;
    const onScroll = () => {
      const distance = box.scrollHeight - box.clientHeight - box.scrollTop;
      // Content that grows moves the end away without anybody having scrolled: only a way up lets go.
      if (box.scrollTop < lastTop && distance > END_TOLERANCE_PX) sticks.current = false;
      else if (distance <= END_TOLERANCE_PX) sticks.current = true;
      lastTop = box.scrollTop;
      setIsAtEnd(sticks.current || distance <= END_TOLERANCE_PX);
    };
    const observer = new ResizeObserver(() => {
      if (!sticks.current) return;
      box.scrollTop = box.scrollHeight;
      // Its event comes later, perhaps in one with somebody's way up.
      lastTop = box.scrollTop;
    });
    observer.observe(content.current);
    observer.observe(box);
    box.addEventListener('scroll', onScroll, { passive: true });
    return () => {
      observer.disconnect();
      box.removeEventListener('scroll', onScroll);
    };
  }, []);

  /** From now on: what changes its size next is followed. */
  const stick = () => {
    sticks.current = true;
    setIsAtEnd(true);
  };
  const jumpToEnd = () => {
    stick();
    const box = scroller.current;
    if (box) box.scrollTop = box.scrollHeight;
  };
  return { isAtEnd, stick, jumpToEnd };
}
