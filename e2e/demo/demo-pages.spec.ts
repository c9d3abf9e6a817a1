import { AxeBuilder } from '@axe-core/playwright';
import { chatOn } from '../support/chat.ts';
import { expect, test } from '../support/test.ts';

const pages = ['', 'widget', 'simple-chat', 'multi-tenant-examples', 'htmx-chat.html'];

for (const name of pages) {
  test(`/demo/${name} has a title, no finding of axe and no error`, async ({ page, salient }) => {
    await page.goto(`${salient.url}/demo/${name}`);
    await expect(page).toHaveTitle(/Salient|Alder/);
    await page.waitForLoadState('networkidle');
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([]);
  });
}

test('the index says what answers, and its chat answers', async ({ page, salient }) => {
  await page.goto(`${salient.url}/demo/`);
  await expect(page.getByText('OPENROUTER_API_KEY is not set')).toBeVisible();
  await page.getByRole('button', { name: 'What is your return policy?' }).first().click();
  await expect(chatOn(page).log).toContainText('30 days of delivery');
});

test('three agents side by side keep three conversations', async ({ page, salient }) => {
  await page.goto(`${salient.url}/demo/multi-tenant-examples`);
  await page.getByRole('button', { name: 'What can you help me with?' }).click();
  const logs = page.getByRole('log');
  await expect(logs).toHaveCount(3);
  await expect(logs.nth(0)).toContainText('Return policy');
  await expect(logs.nth(1)).toContainText('Bulk discounts');
  await expect(logs.nth(2)).toContainText('Password reset');
  await expect(logs.nth(2)).not.toContainText('Bulk discounts');
});

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
