import { LAST_WORDS } from '../lib/fixed-answer.mjs';
import { formatNumber } from '../lib/format-table.mjs';
import { withBrowserPage } from '../lib/open-browser.mjs';
import { median } from '../lib/percentile.mjs';
import { serveWidgetPages } from '../lib/serve-widget-pages.mjs';

const SLOW_DOWN = 4;
const ROUNDS = 3;
const PIECES_PER_SECOND = 300;
const KILOBYTES = [5, 10, 20];
/** A renderer that cannot keep up would hold its page for minutes. */
const LIMIT_MS = 60_000;

/**
 * @typedef {object} Streamed
 * @property {number} busyMs
 * @property {number} droppedShare
 * @property {number} longestMs
 */

/**
 * What it costs to draw an answer while it arrives, and how that grows with its length.
 *
 * @param {import('../lib/create-bench.mjs').Bench} bench
 * @returns {Promise<import('../lib/format-table.mjs').Table[]>}
 */
export async function widgetStream({ cleanup }) {
  const pages = await serveWidgetPages(cleanup, { rate: PIECES_PER_SECOND });
  /** @type {Record<'salient' | 'naive', Map<number, Streamed[]>>} */
  const measured = { salient: new Map(), naive: new Map() };
  for (let round = 0; round < ROUNDS; round++) {
    for (const kilobytes of KILOBYTES) {
      for (const name of /** @type {const} */ (['salient', 'naive'])) {
        const known = measured[name].get(kilobytes) ?? [];
        // What has not finished once is not waited for again.
        if (known.some(({ busyMs }) => Number.isNaN(busyMs))) continue;
        measured[name].set(kilobytes, [...known, await stream(pages[name], name === 'salient', kilobytes)]);
      }
    }
  }
  return [
    {
      title: `Drawing an answer at ${PIECES_PER_SECOND} pieces/s, CPU ${SLOW_DOWN} times slower`,
      columns: [
        'renderer',
        ...KILOBYTES.map((kilobytes) => `ms/KB at ${kilobytes} KB`),
        'exponent',
        'dropped frames',
        'longest task ms',
      ],
      rows: [describe('Salient', measured.salient), describe('innerHTML of the whole, each piece', measured.naive)],
      notes: [
        `Medians of ${ROUNDS}, in turns. ms: CPU time of the main thread, from question to last word.`,
        `Exponent: how that grows with the length, from ${KILOBYTES[0]} to ${KILOBYTES.at(-1)} KB; 1 is in proportion.`,
        `NaN: not finished after ${LIMIT_MS / 1000} s.`,
        'Frames and tasks are time passed, at the largest size: a busy machine shows there.',
      ],
    },
  ];
}

/**
 * @param {string} name
 * @param {Map<number, Streamed[]>} bySize
 */
function describe(name, bySize) {
  const busy = KILOBYTES.map((kilobytes) => median((bySize.get(kilobytes) ?? []).map(({ busyMs }) => busyMs)));
  const [first = Number.NaN, last = Number.NaN] = [busy[0], busy.at(-1)];
  const [small = 1, large = 1] = [KILOBYTES[0], KILOBYTES.at(-1)];
  const largest = bySize.get(large) ?? [];
  return [
    name,
    ...busy.map((ms, index) => formatNumber(ms / (KILOBYTES[index] ?? 1), 0)),
    formatNumber(Math.log(last / first) / Math.log(large / small), 2),
    `${formatNumber(100 * median(largest.map(({ droppedShare }) => droppedShare)), 1)} %`,
    formatNumber(median(largest.map(({ longestMs }) => longestMs)), 0),
  ];
}

/**
 * @param {string} url
 * @param {boolean} hasLauncher
 * @param {number} kilobytes
 * @returns {Promise<Streamed>}
 */
function stream(url, hasLauncher, kilobytes) {
  return withBrowserPage({ slowDown: SLOW_DOWN }, async ({ page, metrics }) => {
    page.setDefaultTimeout(LIMIT_MS);
    await page.goto(url);
    if (hasLauncher) await page.locator('salient-chat .launcher').click();
    const box = page.locator('textarea');
    await box.fill(String(kilobytes));
    await page.waitForTimeout(1500);
    await page.evaluate('Object.assign(benchWatch, { longTasksMs: [], frames: 0, dropped: 0 })');
    const before = await metrics();
    await box.press('Enter');
    const isDone = await page
      .getByText(LAST_WORDS)
      .first()
      .waitFor({ state: 'attached' })
      .then(() => true)
      .catch(() => false);
    if (!isDone) return { busyMs: Number.NaN, droppedShare: Number.NaN, longestMs: Number.NaN };
    const after = await metrics();
    const { longTasksMs, frames, dropped } = await page.evaluate('benchWatch');
    return {
      busyMs: 1000 * ((after['TaskDuration'] ?? Number.NaN) - (before['TaskDuration'] ?? Number.NaN)),
      droppedShare: dropped / Math.max(1, frames + dropped),
      longestMs: Math.max(0, ...longTasksMs),
    };
  });
}
