import { formatNumber } from '../lib/format-table.mjs';
import { withBrowserPage } from '../lib/open-browser.mjs';
import { median } from '../lib/percentile.mjs';
import { serveWidgetPages } from '../lib/serve-widget-pages.mjs';

const SLOW_DOWN = 4;
const ROUNDS = 5;
/** As long as a hand takes from the launcher's edge to the click, at least. */
const HOVER_MS = 1500;
const LAUNCHER = 'salient-chat .launcher';

/**
 * How long a visitor waits for the launcher, and for the panel after the click.
 *
 * @param {import('../lib/create-bench.mjs').Bench} bench
 * @returns {Promise<import('../lib/format-table.mjs').Table[]>}
 */
export async function widgetOpen({ cleanup }) {
  const pages = await serveWidgetPages(cleanup);
  /** @type {{ launcherMs: number, bareMs: number, coldMs: number, hoveredMs: number }[]} */
  const rounds = [];
  for (let round = 0; round < ROUNDS; round++) {
    const bare = await open(pages.bare, false);
    const cold = await open(pages.salient, false);
    const hovered = await open(pages.salient, true);
    rounds.push({
      bareMs: bare.shownMs,
      launcherMs: cold.shownMs,
      coldMs: cold.usableMs,
      hoveredMs: hovered.usableMs,
    });
  }
  const middle = (/** @type {'bareMs' | 'launcherMs' | 'coldMs' | 'hoveredMs'} */ name) =>
    formatNumber(median(rounds.map((each) => each[name])), 0);
  return [
    {
      title: `Waiting on slow 4G, CPU ${SLOW_DOWN} times slower`,
      columns: ['from', 'ms'],
      rows: [
        ['navigation to the heading of a page without the tag', middle('bareMs')],
        ['navigation to the launcher', middle('launcherMs')],
        ['click to the message box, cold', middle('coldMs')],
        [`click to the message box, ${HOVER_MS / 1000} s after the pointer came`, middle('hoveredMs')],
      ],
      notes: [`Medians of ${ROUNDS}. 1.6 Mbit/s, 150 ms. Time passed, so that a busy machine shows.`],
    },
  ];
}

/**
 * @param {string} url
 * @param {boolean} isHovered
 */
function open(url, isHovered) {
  return withBrowserPage({ slowDown: SLOW_DOWN, isNetworkSlow: true }, async ({ page }) => {
    const hasLauncher = url.endsWith('/salient');
    await page.goto(url, { waitUntil: 'commit' });
    await page.locator(hasLauncher ? LAUNCHER : 'h1').waitFor();
    const shownMs = await page.evaluate(() => performance.now());
    if (!hasLauncher) return { shownMs, usableMs: Number.NaN };
    await page.waitForLoadState('networkidle');
    if (isHovered) {
      await page.locator(LAUNCHER).hover();
      await page.waitForTimeout(HOVER_MS);
    }
    await page.evaluate(timeNextClick);
    await page.locator(LAUNCHER).click();
    const usableMs = await page
      .waitForFunction(() => Reflect.get(window, 'usableMs'))
      .then((handle) => handle.jsonValue());
    return { shownMs, usableMs: Number(usableMs) };
  });
}

/**
 * In the page, frame by frame: from the next click until the message box has been shown. Asked from outside, every half
 * second at last, it would be seen up to that much later.
 */
function timeNextClick() {
  const isShown = () =>
    (document.querySelector('salient-chat')?.shadowRoot?.querySelector('textarea')?.getClientRects().length ?? 0) > 0;
  const onClick = (/** @type {MouseEvent} */ { timeStamp }) => {
    const look = () => {
      if (isShown()) requestAnimationFrame(() => Object.assign(window, { usableMs: performance.now() - timeStamp }));
      else requestAnimationFrame(look);
    };
    look();
  };
  addEventListener('click', onClick, { capture: true, once: true });
}
