import type { RefObject } from 'preact';
import { useEffect, useState } from 'preact/hooks';

/** How far from the end still counts as being there, in px. */
const END_TOLERANCE_PX = 40;

/** Keeps a scrolling box at its end while its content grows, until somebody scrolls up. */
export function useStickToBottom(scroller: RefObject<HTMLElement | null>, content: RefObject<HTMLElement | null>) {
  const [isAtEnd, setIsAtEnd] = useState(true);

  const jumpToEnd = () => {
    const box = scroller.current;
    if (!box) return;
    box.scrollTop = box.scrollHeight;
    setIsAtEnd(true);
  };

  useEffect(() => {
    const box = scroller.current;
    if (!box || !content.current) return undefined;
    let sticks = true;
    let lastTop = 0;
    const onScroll = () => {
      const distance = box.scrollHeight - box.clientHeight - box.scrollTop;
      // Content that grows moves the end away without anybody having scrolled: only a way up lets go.
      if (box.scrollTop < lastTop && distance > END_TOLERANCE_PX) sticks = false;
      else if (distance <= END_TOLERANCE_PX) sticks = true;
      lastTop = box.scrollTop;
      setIsAtEnd(sticks || distance <= END_TOLERANCE_PX);
    };
    const observer = new ResizeObserver(() => {
      if (sticks) box.scrollTop = box.scrollHeight;
    });
    observer.observe(content.current);
    observer.observe(box);
    box.addEventListener('scroll', onScroll, { passive: true });
    return () => {
      observer.disconnect();
      box.removeEventListener('scroll', onScroll);
    };
  }, []);

  return { isAtEnd, jumpToEnd };
}
