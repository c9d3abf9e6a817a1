import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { chatOn } from '../support/chat.ts';
import { expect, test } from '../support/test.ts';

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
];
const looks = [
  { name: 'on a desktop, light', viewport: { width: 1280, height: 800 }, colorScheme: 'light' },
  { name: 'on a phone, dark', viewport: { width: 390, height: 844 }, colorScheme: 'dark' },
] as const;

for (const { name: look, viewport, colorScheme } of looks) {
  test.describe(look, () => {
    test.use({ viewport, colorScheme, permissions: ['clipboard-read', 'clipboard-write'] });
    for (const name of pages) {
      test(`/demo/${name} has a title, nothing to scroll sideways, copies what it shows, no finding of axe and no error`, async ({
        page,
        salient,
      }) => {
        const warnings: string[] = [];
        page.on('console', (message) => message.type() === 'warning' && warnings.push(message.text()));
        await page.goto(`${salient.url}/demo/${name}`);
        await expect(page).toHaveTitle(/Salient|Alder/);
        await page.waitForLoadState('networkidle');
        // What the studio shows in its frame is looked at by itself, in studio.spec.ts.
        const { violations } = await new AxeBuilder({ page }).exclude('#preview').analyze();
        expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([]);
        const sideways = await page.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        );
        expect(sideways).toBe(0);
        const ground = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
        const [red = 0] = (/\d+/.exec(ground) ?? ['0']).map(Number);
        expect(red > 128, `ground ${ground}`).toBe(colorScheme === 'light');
        await expectCopyButtonsToWork(page);
        expect(warnings).toEqual([]);
      });
    }
  });
}

test('the navigation leads by keyboard from each page to the next', async ({ page, salient }) => {
  await page.goto(`${salient.url}/demo/`);
  for (const [link, heading] of [
    ['In a frame', /A frame/],
    ['With the iframe wrapper', /own domain/],
    ['Tag beside iframe', /two ways in/],
    ['Three agents', /nothing shared/],
    ['Plain HTML', /A form and a stream/],
  ] as const) {
    const menu = page.getByRole('navigation', { name: 'Demo pages' });
    await menu.getByText('Demos').focus();
    await page.keyboard.press('Enter');
    await menu.getByRole('link', { name: link }).focus();
    await page.keyboard.press('Enter');
    await expect(page.getByRole('heading', { level: 1 })).toContainText(heading);
    await expect(page.locator('.site-nav a[aria-current="page"]')).toHaveText(link);
  }
});

test('the menu of demos closes with Escape and by a click beside it', async ({ page, salient }) => {
  await page.goto(`${salient.url}/demo/guide`);
  const menu = page.locator('.nav-demos');
  await menu.locator('summary').click();
  await expect(menu).toHaveAttribute('open');
  await page.keyboard.press('Escape');
  await expect(menu).not.toHaveAttribute('open');
  await expect(menu.locator('summary')).toBeFocused();
  await menu.locator('summary').click();
  await page.getByRole('heading', { level: 1 }).click();
  await expect(menu).not.toHaveAttribute('open');
});

test('the index says what answers, and its chat answers', async ({ page, salient }) => {
  await page.goto(`${salient.url}/demo/`);
  await expect(page.getByText('OPENROUTER_API_KEY is not set')).toBeVisible();
  await page.getByRole('button', { name: 'What is your return policy?' }).first().click();
  await expect(chatOn(page).log).toContainText('30 days of delivery');
});

for (const name of ['iframe', 'iframe-embed', 'embedding-comparison', 'guide', 'studio', 'htmx-chat.html', 'widget']) {
  test(`/demo/${name} says plainly that no language model answers`, async ({ page, salient }) => {
    await page.goto(`${salient.url}/demo/${name}`);
    await expect(page.locator('.answers').first()).toContainText('Local answers');
  });
}

test('the plain HTML chat answers without the widget', async ({ page, salient }) => {
  await page.goto(`${salient.url}/demo/htmx-chat.html`);
  await page.getByRole('textbox').fill('How can I track my order?');
  await page.keyboard.press('Enter');
  await expect(page.locator('#conversation')).toContainText('tracking link');
  await expect(page.locator('#conversation')).toContainText('[1] Order tracking');
});

test('an unknown demo page says so', async ({ page, salient, allowConsoleError }) => {
  allowConsoleError(/status of 404/);
  const response = await page.goto(`${salient.url}/demo/nowhere`);
  expect(response?.status()).toBe(404);
  await expect(page.getByRole('heading').first()).toBeVisible();
});

/** Every copy button that can be seen copies the text it belongs to, and says so to eyes and ears. */
async function expectCopyButtonsToWork(page: Page) {
  // Folded away on some pages, behind a menu on a phone.
  const menu = page.getByRole('button', { name: 'Demo controls' });
  if (await menu.isVisible()) await menu.click();
  for (const summary of await page.locator('details.bar-tag > summary').all()) await summary.click();
  const buttons = await page.locator('button[data-copy]').all();
  for (const button of buttons.slice(0, 4)) {
    const shown = await page.locator((await button.getAttribute('data-copy')) ?? '').textContent();
    expect((shown ?? '').length).toBeGreaterThan(20);
    await button.click();
    await expect(button).toHaveText('Copied');
    await expect(page.getByRole('status').filter({ hasText: 'Copied to the clipboard' })).toHaveCount(1);
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(shown);
  }
  expect(buttons.length).toBeGreaterThan(0);
}
