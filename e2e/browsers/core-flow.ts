import { expect } from '@playwright/test';
import type { BrowserDriver } from './browser-driver.ts';
import { readWidget, watchGrowth } from './read-widget.ts';

/** Generous: three browsers share a small machine. */
const patience = { timeout: 30_000 };

/**
 * What a visitor does on a first visit and the next: opens, asks by keyboard, reads the answer while it is written,
 * closes, comes back and finds it. The page must have noticed nothing of it.
 *
 * @param url a page with a floating widget and `watch-page.js`
 */
export async function runCoreFlow(driver: BrowserDriver, url: string): Promise<void> {
  const widget = () => driver.evaluate(readWidget);

  await driver.goto(url);
  await open();
  await driver.type('What is your return policy?');
  await expect.poll(async () => (await widget()).composerText, patience).toBe('What is your return policy?');
  await driver.evaluate(watchGrowth);
  await driver.press('Enter');
  await expect.poll(async () => (await widget()).logText, patience).toContain('within 30 days of delivery');
  await expect.poll(async () => (await widget()).isAnswering, patience).toBe(false);
  expect((await widget()).composerText).toBe('');
  expect(await driver.evaluate(() => window.logLengths.length), 'steps in which the answer came').toBeGreaterThan(3);

  await driver.press('Escape');
  await expect.poll(widget, patience).toMatchObject({ isOpen: false, focused: 'Open chat' });

  await driver.reload();
  await open();
  await expect.poll(async () => (await widget()).logText, patience).toContain('What is your return policy?');
  expect((await widget()).logText).toContain('within 30 days of delivery');

  const { faults } = await driver.evaluate(() => window.pageWatch);
  expect(faults, 'noticed by the page').toEqual([]);

  async function open() {
    await expect.poll(async () => (await widget()).launcher, patience).toMatchObject({ width: 56, height: 56 });
    const { launcher } = await widget();
    await driver.click(launcher!.x + launcher!.width / 2, launcher!.y + launcher!.height / 2);
    await expect.poll(widget, patience).toMatchObject({ isOpen: true, focused: 'Message' });
  }
}
