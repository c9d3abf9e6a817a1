// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi, type MockInstance } from 'vitest';
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

/** Draws a frame for which the browser itself needs so long, and then the first task after it. */
async function drawFrame(durationMs = 0) {
  const began = performance.now();
  for (const frame of frames.splice(0)) frame(began);
  const now = vi.spyOn(performance, 'now').mockReturnValue(began + durationMs);
  await vi.advanceTimersByTimeAsync(1);
  now.mockRestore();
}

async function isOver(rest: Promise<void>) {
  let hasEnded = false;
  void rest.then(() => (hasEnded = true));
  await vi.advanceTimersByTimeAsync(0);
  return hasEnded;
}

test('an answer is drawn after the next frame, not in it', async () => {
  const flush = vi.fn<() => void>();
  scheduleFlush(flush);
  await vi.advanceTimersByTimeAsync(20);
  for (const frame of frames.splice(0)) frame(0);
  expect(flush).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  expect(flush).toHaveBeenCalledOnce();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(flush).toHaveBeenCalledOnce();
});

test('what is cancelled is not drawn, before the frame and after it', async () => {
  const flush = vi.fn<() => void>();
  scheduleFlush(flush)();
  const cancel = scheduleFlush(flush);
  for (const frame of frames.splice(0)) frame(0);
  cancel();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(flush).not.toHaveBeenCalled();
});

test('a tab without frames goes on, slower', async () => {
  const flush = vi.fn<() => void>();
  scheduleFlush(flush);
  await vi.advanceTimersByTimeAsync(200);
  expect(flush).toHaveBeenCalledOnce();
  await vi.advanceTimersByTimeAsync(202);
  expect(await isOver(untilRested())).toBe(true);
});

test('after new text the page has the main thread four times as long as its frame took', async () => {
  scheduleFlush(() => {});
  await drawFrame();
  await drawFrame(20);
  const rest = untilRested();
  await vi.advanceTimersByTimeAsync(78);
  expect(await isOver(rest)).toBe(false);
  await vi.advanceTimersByTimeAsync(3);
  expect(await isOver(rest)).toBe(true);
});

test('to make the text nodes counts as well as to show them', async () => {
  const flush = vi.fn<() => void>();
  scheduleFlush(flush);
  let draw = () => {};
  const drawn = new Promise<void>((resolve) => (draw = resolve));
  let now: MockInstance<() => number> | undefined;
  // As a component does: after the change, in a microtask.
  void drawn.then(() => (now = vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 30)));
  flush.mockImplementation(draw);
  for (const frame of frames.splice(0)) frame(0);
  await vi.advanceTimersByTimeAsync(1);
  now?.mockRestore();
  expect(now).toBeDefined();
  await drawFrame();
  await vi.advanceTimersByTimeAsync(115);
  expect(await isOver(untilRested())).toBe(false);
  await vi.advanceTimersByTimeAsync(6);
  expect(await isOver(untilRested())).toBe(true);
});

test('however slow the page, an answer moves on', async () => {
  scheduleFlush(() => {});
  await drawFrame();
  await drawFrame(5_000);
  await vi.advanceTimersByTimeAsync(201);
  expect(await isOver(untilRested())).toBe(true);
});
