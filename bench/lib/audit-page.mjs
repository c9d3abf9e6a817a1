import { chromium } from '@playwright/test';
import lighthouse, { desktopConfig } from 'lighthouse';
import { browserArguments, ensureBrowser } from '../../scripts/find-browser.mjs';
import { findFreePort } from '../../scripts/toolchain/find-free-port.mjs';

export const CATEGORIES = ['performance', 'accessibility', 'best-practices', 'seo'];

/** A run takes 10 to 20 s. Lighthouse sometimes waits for an answer of the browser that never comes. */
const LIMIT_MS = 90_000;

/**
 * @typedef {object} Audit
 * @property {number[]} scores of each category, 0 to 100
 * @property {string[]} findings what lost points
 */

/**
 * One run of Lighthouse, in a browser of its own: nothing is cached, and no page is open beside it. The browser is gone
 * afterwards, however it ended.
 *
 * @param {import('./create-cleanup.mjs').Cleanup} cleanup
 * @param {string} url
 * @param {'desktop' | 'mobile'} device
 * @returns {Promise<Audit>}
 * @throws where the page has no scores, also after a while in which nothing came
 */
export async function auditPage(cleanup, url, device) {
  const port = await findFreePort();
  const browser = await chromium.launchServer({
    executablePath: await ensureBrowser(),
    args: [...browserArguments(), `--remote-debugging-port=${port}`],
  });
  // Not close(): a browser that has stopped answering would not.
  const end = () => browser.kill();
  cleanup.add(end);
  try {
    return await within(LIMIT_MS, readScores(url, device, port));
  } finally {
    await end();
  }
}

/**
 * @param {string} url
 * @param {'desktop' | 'mobile'} device
 * @param {number} port
 */
async function readScores(url, device, port) {
  const config = device === 'desktop' ? desktopConfig : undefined;
  const result = await lighthouse(url, { port, logLevel: 'silent', onlyCategories: CATEGORIES }, config);
  if (!result || result.lhr.runtimeError) throw new Error(result?.lhr.runtimeError?.message ?? 'no result');
  const { categories, audits } = result.lhr;
  return {
    scores: CATEGORIES.map((name) => Math.round((categories[name]?.score ?? 0) * 100)),
    findings: Object.values(audits)
      .filter(({ score, scoreDisplayMode }) => score !== null && score < 0.9 && scoreDisplayMode !== 'informative')
      .map(({ id, displayValue }) => (displayValue ? `${id} (${displayValue})` : id)),
  };
}

/**
 * @template Result
 * @param {number} limitMs
 * @param {Promise<Result>} work
 */
async function within(limitMs, work) {
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  const limit = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no result within ${limitMs / 1000} s`)), limitMs);
  });
  try {
    return /** @type {Result} */ (await Promise.race([work, limit]));
  } finally {
    clearTimeout(timer);
    // What it still says, once its browser is gone, is no news.
    work.catch(() => undefined);
  }
}
