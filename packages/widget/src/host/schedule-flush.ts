import type { ScheduleFlush } from '../model/answer-writer.ts';

/** Hidden tabs have no frames, but their titles, badges and announcements go on. */
const HIDDEN_TAB_MS = 200;

/** How many times as long as an answer's last frame took, the page has the main thread for itself. */
const REST = 3;
const MAX_REST_MS = 200;

/** Runs `flush` before the next frame. */
export const scheduleFlush: ScheduleFlush = (flush) => {
  const frame = requestAnimationFrame(flush);
  const timer = setTimeout(flush, HIDDEN_TAB_MS);
  return () => {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
  };
};

/**
 * Resolves when the next frame is on the screen and the page has had its rest. On a fast machine that is before the frame
 * after; on a slow one, or on a busy page, an answer is shown in fewer and larger steps.
 */
export const untilRested = () =>
  new Promise<void>((resolve) => {
    const cancel = scheduleFlush((began = performance.now()) => {
      cancel();
      // Tasks come after the frame has been drawn.
      setTimeout(() => setTimeout(resolve, Math.min(REST * (performance.now() - began), MAX_REST_MS)));
    });
  });
