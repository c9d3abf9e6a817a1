// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { scheduleFlush, untilRested } from './schedule-flush.ts';

let frames: FrameRequestCallback[] = [];

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  frames = [];
  vi.stubGlobal('requestAnimationFrame', (frame: FrameRequestCallback) => frames.push(frame));
  vi.stubGlobal('cancelAnimationFrame', (id: number) => (frames[id - 1] = () => {}));
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** Draws a frame that keeps the main thread for so long. */
function drawFrame(durationMs: number) {
  const began = performance.now();
  for (const frame of frames.splice(0)) frame(began);
  const now = vi.spyOn(performance, 'now').mockReturnValue(began + durationMs);
  // The first task after it.
  vi.advanceTimersByTime(1);
  now.mockRestore();
}

async function isOver(rest: Promise<void>) {
  let hasEnded = false;
  void rest.then(() => (hasEnded = true));
  await Promise.resolve();
  await Promise.resolve();
  return hasEnded;
}

test('an answer is drawn in the next frame', () => {
  const flush = vi.fn<() => void>();
  scheduleFlush(flush);
  expect(flush).not.toHaveBeenCalled();
  drawFrame(1);
  expect(flush).toHaveBeenCalledOnce();
});

test('a tab without frames goes on, slower', () => {
  const flush = vi.fn<() => void>();
  scheduleFlush(flush);
  vi.advanceTimersByTime(200);
  expect(flush).toHaveBeenCalledOnce();
});

test('after a frame with new text the page has the main thread three times as long as that took', async () => {
  const cancel = scheduleFlush(() => cancel());
  drawFrame(20);
  const rest = untilRested();
  vi.advanceTimersByTime(58);
  expect(await isOver(rest)).toBe(false);
  vi.advanceTimersByTime(3);
  expect(await isOver(rest)).toBe(true);
});

test('however slow the page, an answer moves on', async () => {
  scheduleFlush(() => {});
  drawFrame(5_000);
  const rest = untilRested();
  vi.advanceTimersByTime(201);
  expect(await isOver(rest)).toBe(true);
});
