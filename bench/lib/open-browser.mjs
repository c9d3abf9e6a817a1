import { chromium } from '@playwright/test';
import { browserArguments, ensureBrowser } from '../../scripts/find-browser.mjs';

/** Slow 4G, as Lighthouse means it. */
const SLOW_NETWORK = { offline: false, latency: 150, downloadThroughput: 200_000, uploadThroughput: 93_750 };

/** A browser that has just started is busy with itself for about so long. */
const START_UP_MS = 1_500;

/**
 * One page in a browser of its own.
 *
 * @typedef {object} MeasuredPage
 * @property {import('@playwright/test').Page} page
 * @property {() => Promise<Record<string, number>>} metrics Chromium's counters; times in seconds of the main thread's CPU
 * @property {() => Promise<number>} heapBytes after garbage collection
 */

/**
 * Opens a browser for one measurement, so that no measurement finds what another one has warmed up.
 *
 * @template Result
 * @param {{ slowDown: number, isNetworkSlow?: boolean }} conditions `slowDown`: times slower than this machine
 * @param {(measured: MeasuredPage) => Promise<Result>} measure
 */
export async function withBrowserPage({ slowDown, isNetworkSlow = false }, measure) {
  const browser = await chromium.launch({ executablePath: await ensureBrowser(), args: browserArguments() });
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    await page.addInitScript(watchFrames);
    const devtools = await page.context().newCDPSession(page);
    // CPU time of the thread and not time passed: other processes must not count.
    await devtools.send('Performance.enable', { timeDomain: 'threadTicks' });
    await devtools.send('HeapProfiler.enable');
    if (isNetworkSlow) {
      await devtools.send('Network.enable');
      await devtools.send('Network.emulateNetworkConditions', SLOW_NETWORK);
    }
    await devtools.send('Emulation.setCPUThrottlingRate', { rate: slowDown });
    const metrics = async () => {
      const { metrics: counters } = await devtools.send('Performance.getMetrics');
      return Object.fromEntries(counters.map(({ name, value }) => [name, value]));
    };
    const heapBytes = async () => {
      for (let round = 0; round < 3; round++) await devtools.send('HeapProfiler.collectGarbage');
      return (await metrics())['JSHeapUsedSize'] ?? Number.NaN;
    };
    await page.waitForTimeout(START_UP_MS);
    return await measure({ page, metrics, heapBytes });
  } finally {
    await browser.close();
  }
}

/** Runs in the page, before anything else: notes long tasks, layout shifts and frames that came late. */
function watchFrames() {
  const watch = { longTasksMs: /** @type {number[]} */ ([]), shift: 0, frames: 0, dropped: 0 };
  Object.defineProperty(window, 'benchWatch', { value: watch });
  const observe = (/** @type {string} */ type, /** @type {(entry: any) => void} */ note) =>
    new PerformanceObserver((list) => list.getEntries().forEach(note)).observe({ type, buffered: true });
  observe('longtask', ({ duration }) => watch.longTasksMs.push(duration));
  observe('layout-shift', ({ value }) => (watch.shift += value));
  let last = 0;
  requestAnimationFrame(function next(now) {
    if (last > 0) {
      watch.frames++;
      watch.dropped += Math.max(0, Math.round((now - last) / (1000 / 60)) - 1);
    }
    last = now;
    requestAnimationFrame(next);
  });
}
