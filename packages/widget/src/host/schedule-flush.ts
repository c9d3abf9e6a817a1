import type { ScheduleFlush } from '../model/answer-writer.ts';

/** Hidden tabs have no frames, but their titles, badges and announcements go on. */
const HIDDEN_TAB_MS = 200;

/** How many times as long as new text took to draw, the page has the main thread for itself. */
const REST = 4;
const MAX_REST_MS = 200;

let rested = Promise.resolve();

/**
 * Resolves when the page has had its rest from the last new text. On a fast machine that is before the next frame is due;
 * on a slow one, or on a busy page, an answer is shown in fewer and larger steps.
 */
export const untilRested = () => rested;

/**
 * Runs `flush` in a task of its own after the next frame, once a frame at most. Not in the frame, which then has its whole
 * time for what the browser does with the new nodes: together the two are too long for one on a slow machine.
 */
export const scheduleFlush: ScheduleFlush = (flush) => {
  let timer = setTimeout(run, HIDDEN_TAB_MS);
  const frame = requestAnimationFrame(() => {
    clearTimeout(timer);
    timer = setTimeout(run);
  });
  function run() {
    cancelAnimationFrame(frame);
    const began = performance.now();
    flush();
    rested = rest(began);
  }
  return () => {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
  };
};

async function rest(began: number) {
  // What draws the text runs before this goes on, and the browser's own part in the next frame.
  await Promise.resolve();
  const drawingMs = performance.now() - began;
  const frameMs = await new Promise<number>((resolve) => {
    const later = setTimeout(resolve, HIDDEN_TAB_MS, 0);
    requestAnimationFrame(() => {
      clearTimeout(later);
      const frameBegan = performance.now();
      setTimeout(() => resolve(performance.now() - frameBegan));
    });
  });
  await new Promise((resolve) => setTimeout(resolve, Math.min(REST * (drawingMs + frameMs), MAX_REST_MS)));
}
