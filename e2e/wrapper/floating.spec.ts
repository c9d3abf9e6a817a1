import { SALIENT_HOST } from '../support/start-web.ts';
import { expect, test } from '../support/web-test.ts';

const SHOP = 'www.alder.test';

test.use({ contextOptions: { ignoreHTTPSErrors: true } });

for (const [how, body] of [
  [
    'a frame of the page',
    (chat: string) => `<iframe data-salient src="${chat}/iframe-wrapper.html" title="Chat"></iframe>
      <script async src="${chat}/salient-frame.js"></script>`,
  ],
  [
    'a frame that the helper makes',
    (chat: string) => `<script async src="${chat}/salient-frame.js" data-src="${chat}/iframe-wrapper.html"></script>`,
  ],
  [
    'a sandboxed frame',
    (
      chat: string,
    ) => `<iframe data-salient sandbox="allow-scripts" src="${chat}/iframe-wrapper.html" title="Chat"></iframe>
      <script src="${chat}/salient-frame.js"></script>`,
  ],
] as const) {
  test(`${how} takes the room of its launcher, of its panel, and on a phone the whole screen`, async ({
    page,
    openWeb,
  }) => {
    const web = await openWeb({
      hosts: [SHOP],
      sites: (url) => {
        const chat = url(SALIENT_HOST);
        const policy = `default-src 'none'; script-src ${chat}; frame-src ${chat}; require-trusted-types-for 'script'`;
        const headers = { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': policy };
        return {
          [SHOP]: {
            '/': { headers, body: `<!doctype html><html lang="en"><title>Shop</title><p>Shop</p>${body(chat)}` },
          },
        };
      },
    });
    await page.setViewportSize({ width: 1000, height: 800 });
    await page.goto(web.url(SHOP));
    const frame = page.locator('iframe[data-salient]');
    const inside = frame.contentFrame();
    await inside.getByRole('button', { name: 'Open chat' }).click();
    await expect.poll(() => frame.boundingBox()).toEqual({ x: 580, y: 140, width: 400, height: 640 });
    await expect(inside.getByRole('textbox', { name: 'Message' })).toBeInViewport();
    await page.setViewportSize({ width: 1000, height: 500 });
    await expect.poll(() => frame.boundingBox()).toEqual({ x: 580, y: 20, width: 400, height: 460 });
    await page.setViewportSize({ width: 390, height: 800 });
    await expect.poll(() => frame.boundingBox()).toEqual({ x: 0, y: 0, width: 390, height: 800 });
    await inside.getByRole('button', { name: 'Close chat' }).click();
    await expect.poll(() => frame.boundingBox()).toEqual({ x: 294, y: 704, width: 96, height: 96 });
    await expect(inside.getByRole('button', { name: 'Open chat' })).toBeInViewport();
  });
}

test('stands in the corner that it is given, and tells a keyboard where it is', async ({ page, openWeb }) => {
  const web = await openWeb({
    hosts: [SHOP],
    sites: (url) => ({
      [SHOP]: {
        '/': `<!doctype html><html lang="en"><title>Shop</title><script async src="${url(SALIENT_HOST)}/salient-frame.js"
          data-src="${url(SALIENT_HOST)}/iframe-wrapper.html" data-position="top-left" data-title="Support"></script>`,
      },
    }),
  });
  await page.goto(web.url(SHOP));
  await expect.poll(() => page.locator('iframe').boundingBox()).toEqual({ x: 0, y: 0, width: 96, height: 96 });
  await expect(page.locator('iframe')).toHaveAttribute('title', 'Support');
  await expect(page.locator('iframe').contentFrame().getByRole('button', { name: 'Open chat' })).toBeVisible();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await expect.poll(() => page.locator('iframe').boundingBox()).toMatchObject({ x: 20, y: 20, width: 400 });
});

test('takes the room to say that the chat did not load, and that of the panel once it does', async ({
  page,
  openWeb,
  allowConsoleError,
}) => {
  allowConsoleError(/net::ERR/);
  const web = await openWeb({
    hosts: [SHOP],
    sites: (url) => ({
      [SHOP]: {
        '/': `<!doctype html><html lang="en"><title>Shop</title><p>Shop</p><script async src="${url(SALIENT_HOST)}/salient-frame.js"
          data-src="${url(SALIENT_HOST)}/iframe-wrapper.html"></script>`,
      },
    }),
  });
  await page.route('**/panel-*', (route) => route.abort('failed'));
  await page.setViewportSize({ width: 1000, height: 800 });
  await page.goto(web.url(SHOP));
  const frame = page.locator('iframe[data-salient]');
  await frame.contentFrame().getByRole('button', { name: 'Open chat' }).click();
  const retry = frame.contentFrame().getByRole('button', { name: 'Chat did not load. Try again.' });
  await expect.poll(() => frame.boundingBox()).toEqual({ x: 680, y: 704, width: 320, height: 96 });
  const startOfWords = await retry.evaluate((button) => {
    const { left, marginLeft, width } = getComputedStyle(button, '::after');
    return width === 'auto' ? Number.NaN : Number.parseFloat(left) + Number.parseFloat(marginLeft);
  });
  expect(startOfWords).toBeGreaterThan(0);
  await page.unroute('**/panel-*');
  await retry.click();
  await expect(frame.contentFrame().getByRole('textbox', { name: 'Message' })).toBeInViewport();
  await expect.poll(() => frame.boundingBox()).toMatchObject({ width: 400, height: 640 });
});
