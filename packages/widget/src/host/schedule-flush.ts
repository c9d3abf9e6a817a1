import type { ScheduleFlush } from '../model/answer-writer.ts';

/** Hidden tabs have no frames, but their titles, badges and announcements go on. */
const HIDDEN_TAB_MS = 200;

/** Runs `flush` before the next frame. */
export const scheduleFlush: ScheduleFlush = (flush) => {
  const frame = requestAnimationFrame(flush);
  const timer = setTimeout(flush, HIDDEN_TAB_MS);
  return () => {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
  };
};
