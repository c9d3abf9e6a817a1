import { expect, test } from '../support/test.ts';

test('the started server shows its first page', async ({ page, salient }) => {
  const response = await page.goto(salient.url);
  expect(response?.status()).toBe(200);
  await expect(page).not.toHaveTitle('');
});

test('a page of another site loads the script without an error', async ({ page, salient, hostPage }) => {
  const { url } = await hostPage(`<!doctype html><title>Shop</title>
    <script async src="${salient.url}/chat-widget.js"></script>`);
  const [script] = await Promise.all([page.waitForResponse('**/chat-widget.js'), page.goto(url)]);
  expect(script.status()).toBe(200);
});
