import { test } from './support/test.ts';
const pages = [
  '',
  'widget',
  'simple-chat',
  'iframe',
  'iframe-embed',
  'embedding-comparison',
  'multi-tenant-examples',
  'htmx-chat.html',
  'guide',
  'studio',
  'doctor',
  'nowhere',
];
for (const [look, viewport, colorScheme] of [
  ['desk-light', { width: 1280, height: 800 }, 'light'],
  ['desk-dark', { width: 1280, height: 800 }, 'dark'],
  ['phone-light', { width: 390, height: 844 }, 'light'],
  ['phone-dark', { width: 390, height: 844 }, 'dark'],
] as const) {
  test(look, async ({ browser, salient }) => {
    test.setTimeout(300_000);
    const context = await browser.newContext({ viewport, colorScheme });
    const page = await context.newPage();
    for (const name of pages) {
      await page.goto(`${salient.url}/demo/${name}`);
      await page.waitForLoadState('networkidle');
      await page.waitForTimeout(400);
      await page.screenshot({ path: `/tmp/shots/${look}-${name || 'index'}.png`, fullPage: name !== 'guide' });
    }
    await context.close();
  });
}
