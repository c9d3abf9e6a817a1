import type { ScheduleFlush } from '../model/answer-writer.ts';

/** Hidden tabs have no frames, but their titles, badges and announcements go on. */
const HIDDEN_TAB_MS = 200;

/** How many times as long as a frame with new text took, the page has the main thread for itself. */
const REST = 3;
const MAX_REST_MS = 200;

let rested = Promise.resolve();

/**
 * Resolves when the page has had its rest from the last frame with new text. On a fast machine that is before the next
 * frame; on a slow one, or on a busy page, an answer is shown in fewer and larger steps.
 */
export const untilRested = () => rested;

/** Runs `flush` before the next frame. */
export const scheduleFlush: ScheduleFlush = (flush) => {
  const run = (began = performance.now()) => {
    flush();
    rested = new Promise((resolve) => {
      // The first task comes after the frame.
      setTimeout(() => setTimeout(resolve, Math.min(REST * (performance.now() - began), MAX_REST_MS)));
    });
  };
  const frame = requestAnimationFrame(run);
  const timer = setTimeout(run, HIDDEN_TAB_MS);
  return () => {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
  };
};
