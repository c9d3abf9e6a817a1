import { formatNumber } from '../lib/format-table.mjs';
import { withBrowserPage } from '../lib/open-browser.mjs';
import { median } from '../lib/percentile.mjs';
import { serveWidgetPages } from '../lib/serve-widget-pages.mjs';

const SLOW_DOWN = 4;
const ROUNDS = 5;
/** After the launcher is visible: what a page still does then belongs to its loading. */
const SETTLE_MS = 2000;
const LAUNCHER = 'salient-chat .launcher';

/**
 * @typedef {object} Loaded
 * @property {number} blockingMs
 * @property {number} busyMs
 * @property {number} heapKb
 * @property {number} nodes
 * @property {number} requests
 * @property {number} shift
 */

/**
 * What a page pays for the tag before anybody reaches for the chat.
 *
 * @param {import('../lib/create-bench.mjs').Bench} bench
 * @returns {Promise<import('../lib/format-table.mjs').Table[]>}
 */
export async function widgetLoad({ cleanup }) {
  const pages = await serveWidgetPages(cleanup);
  /** @type {Record<'bare' | 'salient', Loaded[]>} */
  const loaded = { bare: [], salient: [] };
  for (let round = 0; round < ROUNDS; round++) {
    loaded.bare.push(await load(pages.bare, 'h1'));
    loaded.salient.push(await load(pages.salient, LAUNCHER));
  }
  const names = /** @type {const} */ (['blockingMs', 'busyMs', 'heapKb', 'nodes', 'requests', 'shift']);
  const middle = (/** @type {Loaded[]} */ all) => names.map((name) => median(all.map((each) => each[name])));
  const [bare, salient] = [middle(loaded.bare), middle(loaded.salient)];
  const row = (/** @type {string} */ name, /** @type {number[]} */ values) => [
    name,
    ...values.map((value, index) => formatNumber(value, index === 5 ? 3 : 0)),
  ];
  return [
    {
      title: `A page with and without the tag, CPU ${SLOW_DOWN} times slower`,
      columns: ['page', 'blocking ms', 'busy ms', 'heap KB', 'nodes', 'requests', 'layout shift'],
      rows: [
        row('without', bare),
        row('with', salient),
        row(
          'added',
          salient.map((value, index) => value - (bare[index] ?? 0)),
        ),
      ],
      notes: [
        `Medians of ${ROUNDS}, in turns, each in a fresh browser, ${SETTLE_MS / 1000} s after it shows.`,
        'Blocking: what tasks take beyond 50 ms. Busy: CPU time of the main thread. Nodes: all, also in shadow roots.',
      ],
    },
  ];
}

/**
 * @param {string} url
 * @param {string} shown selector of what must be visible
 * @returns {Promise<Loaded>}
 */
function load(url, shown) {
  return withBrowserPage({ slowDown: SLOW_DOWN }, async ({ page, metrics, heapBytes }) => {
    let requests = 0;
    page.on('request', () => requests++);
    await page.goto(url);
    await page.locator(shown).waitFor();
    await page.waitForTimeout(SETTLE_MS);
    const { TaskDuration = Number.NaN, Nodes = Number.NaN } = await metrics();
    const { longTasksMs, shift } = await page.evaluate('benchWatch');
    const blockingMs = longTasksMs.reduce((/** @type {number} */ sum, /** @type {number} */ ms) => sum + ms - 50, 0);
    return {
      blockingMs,
      busyMs: TaskDuration * 1000,
      heapKb: (await heapBytes()) / 1024,
      nodes: Nodes,
      requests,
      shift,
    };
  });
}
