import { chromium } from '@playwright/test';
import lighthouse from 'lighthouse';
import { browserArguments, findBrowser } from '../../scripts/find-browser.mjs';
import { findFreePort } from '../../scripts/toolchain/find-free-port.mjs';
import { widgetTag } from '../support/chat.ts';
import { expect, test } from '../support/test.ts';

/** Scores that follow from rules alone. Performance also follows from how busy the machine is: it is printed. */
const judged = ['accessibility', 'best-practices', 'seo'] as const;
const measured = 'performance';

const plainPage = (tag: string) => `<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>Alder and Wren</title>
<meta name="description" content="Kettles and lamps."></head>
<body><main><h1>Alder and Wren</h1><p>Kettles and lamps.</p></main>${tag}</body></html>`;

test('Lighthouse: a plain page loses no point in any category by the tag', async ({ salient, hostPage }) => {
  test.setTimeout(180_000);
  const port = await findFreePort();
  const executablePath = findBrowser();
  const browser = await chromium.launch({
    args: [...browserArguments(), `--remote-debugging-port=${port}`],
    ...(executablePath && { executablePath }),
  });
  try {
    const without = await score((await hostPage(plainPage(''))).url, port);
    const withTag = await score((await hostPage(plainPage(widgetTag(salient.url)))).url, port);
    console.log('Lighthouse without and with the tag:', JSON.stringify(without), JSON.stringify(withTag));
    for (const category of judged) expect(withTag[category], category).toBeGreaterThanOrEqual(without[category]!);
    expect(without[measured], 'was measured').toBeGreaterThan(0);
  } finally {
    await browser.close();
  }
});

async function score(url: string, port: number): Promise<Record<string, number>> {
  const result = await lighthouse(url, { port, logLevel: 'error', onlyCategories: [...judged, measured] });
  const { categories, runtimeError } = result!.lhr;
  expect(runtimeError).toBeUndefined();
  return Object.fromEntries(Object.entries(categories).map(([name, { score: value }]) => [name, (value ?? 0) * 100]));
}
