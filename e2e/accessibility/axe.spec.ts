import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { openState } from '../support/open-state.ts';
import { arabicTexts, englishTexts } from '../support/state-texts.ts';
import { expect, test } from '../support/test.ts';
import { widgetStates } from '../support/widget-states.ts';

async function expectNoFindings(page: Page) {
  const { violations, passes } = await new AxeBuilder({ page }).include('salient-chat').analyze();
  expect(passes.length, 'rules that found something to look at').toBeGreaterThan(3);
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([]);
}

const sizes = [
  { width: 1280, height: 720 },
  { width: 390, height: 780 },
];

test.use({ contextOptions: { reducedMotion: 'reduce' } });

for (const [name, state] of Object.entries(widgetStates(englishTexts))) {
  test(`axe finds nothing, on a desktop and a phone, light and dark: ${name} (R10)`, async ({
    page,
    hostPage,
    scriptedAgent,
    allowConsoleError,
  }) => {
    allowConsoleError(/status of 402|net::ERR/);
    await openState({ page, hostPage, scriptedAgent }, state);
    for (const viewport of sizes) {
      await page.setViewportSize(viewport);
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        await expectNoFindings(page);
      }
    }
  });
}

for (const demo of ['widget', 'simple-chat', 'multi-tenant-examples', 'embedding-comparison']) {
  test(`the widget adds no landmark that a page has already: ${demo} (R10)`, async ({ page, salient }) => {
    await page.goto(`${salient.url}/demo/${demo}`);
    const launcher = page.locator('salient-chat .launcher').first();
    await page.locator('salient-chat :is(.launcher, .panel)').first().waitFor();
    if (await launcher.isVisible()) await launcher.click();
    await expect(page.locator('salient-chat .panel').first()).toBeVisible();
    const landmarks = new AxeBuilder({ page }).withRules([
      'landmark-unique',
      'landmark-no-duplicate-banner',
      'landmark-no-duplicate-main',
      'landmark-no-duplicate-contentinfo',
      'landmark-banner-is-top-level',
    ]);
    const { violations, passes } = await landmarks.analyze();
    expect(passes.length).toBeGreaterThan(0);
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([]);
  });
}

test('axe finds nothing in an answer that runs from right to left (R10)', async ({ page, hostPage, scriptedAgent }) => {
  const { answer } = widgetStates(arabicTexts);
  await openState({ page, hostPage, scriptedAgent }, answer!, { attributes: { dir: 'rtl', locale: 'ar' } });
  await expectNoFindings(page);
});
