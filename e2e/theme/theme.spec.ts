import { chatOn, widgetTag } from '../support/chat.ts';
import { startConfigured } from '../support/start-configured.ts';
import type { RunningSalient } from '../support/start-salient.ts';
import { expect, test } from '../support/test.ts';

let shop: RunningSalient;
test.beforeAll(async () => {
  test.setTimeout(120_000);
  const look = 'radius: 2, density: compact, accent: "#ffe14d", position: top-left, theme: dark';
  shop = await startConfigured({
    agents: {
      plain: 'agent_type: simple_chat',
      dressed: `widget: { ${look}, image_hosts: [img.example.com], logo: "https://img.example.com/logo.png", avatar: "https://img.example.com/face.png" }`,
    },
  });
});
test.afterAll(() => shop.stop());
test.beforeEach(({ allowConsoleError }) => allowConsoleError(/status of 401/));

const pageWith = (attributes: Record<string, string>, style = '') =>
  `<!doctype html><html lang="en"><title>Shop</title><style>${style}</style>${widgetTag(shop.url, { account: 'shop', ...attributes })}</html>`;
const picture = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

test("the look comes from the agent's configuration, pictures only from its hosts and only once it is open", async ({
  page,
  hostPage,
}) => {
  const asked: string[] = [];
  await page.route('https://img.example.com/**', (route) => {
    asked.push(route.request().url());
    return route.fulfill({ body: picture, contentType: 'image/png' });
  });
  await page.goto((await hostPage(pageWith({ agent: 'dressed' }))).url);
  const chat = chatOn(page);
  await expect.poll(() => chat.launcher.boundingBox()).toMatchObject({ x: 20, y: 20 });
  expect(asked).toEqual([]);
  await chat.open();
  await expect(chat.panel).toHaveCSS('border-radius', '2px');
  await expect(chat.panel).toHaveCSS('font-size', '13.5px');
  await expect(chat.panel.locator('img.logo')).toBeVisible();
  await chat.ask('deliveries');
  await expect(chat.log.locator('img.face').last()).toBeVisible();
  // Black reads better on yellow.
  await expect(chat.log.locator('.bubble')).toHaveCSS('color', /^(lch\(0 0 0\)|rgb\(0, 0, 0\))$/);
  expect(new Set(asked)).toEqual(new Set(['https://img.example.com/logo.png', 'https://img.example.com/face.png']));
});

test('a page restyles the widget with custom properties on its element, and attributes win over the server', async ({
  page,
  hostPage,
}) => {
  await page.route('https://img.example.com/**', (route) => route.fulfill({ body: picture, contentType: 'image/png' }));
  const style =
    'salient-chat { --salient-accent: rgb(0, 128, 0); --salient-surface: rgb(1, 2, 3); --salient-radius: 7px }';
  const attributes = { agent: 'dressed', position: 'bottom-left', 'offset-x': '40', 'offset-y': '60', theme: 'light' };
  await page.goto((await hostPage(pageWith(attributes, style))).url);
  const chat = chatOn(page);
  await expect(chat.launcher).toHaveCSS('background-color', 'rgb(0, 128, 0)');
  const box = (await chat.launcher.boundingBox())!;
  expect([box.x, Math.round(page.viewportSize()!.height - box.y - box.height)]).toEqual([40, 60]);
  await chat.open();
  await expect(chat.panel).toHaveCSS('background-color', 'rgb(1, 2, 3)');
  await expect(chat.panel).toHaveCSS('border-radius', '7px');
});

test('auto follows the system of the visitor, also while it is open', async ({ page, hostPage }) => {
  await page.emulateMedia({ colorScheme: 'light' });
  await page.goto((await hostPage(pageWith({ agent: 'plain' }))).url);
  const chat = chatOn(page);
  await chat.open();
  await expect(chat.panel).toHaveCSS('background-color', 'rgb(255, 255, 255)');
  await page.emulateMedia({ colorScheme: 'dark' });
  await expect(chat.panel).toHaveCSS('background-color', 'rgb(28, 29, 33)');
});
