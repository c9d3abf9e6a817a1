import { chatOn, widgetTag } from '../support/chat.ts';
import { shopPage } from '../support/shop-page.ts';
import { expect, test } from '../support/test.ts';

const question = 'What is your return policy?';
const answer = 'within 30 days of delivery';

test.beforeEach(({ allowConsoleError }) => allowConsoleError(/status of 401/));

test('where the browser keeps no cookie, a token takes its place, and is in no address (V3)', async ({
  page,
  salient,
  hostPage,
}) => {
  // The host page is on another site than the server: over plain http its cookie never comes back.
  const addresses: string[] = [];
  const cookies: string[] = [];
  page.on('request', (request) => addresses.push(request.url(), request.headers()['referer'] ?? ''));
  page.on('response', (response) => {
    void response.headersArray().then((headers) => {
      for (const { name, value } of headers) if (name.toLowerCase() === 'set-cookie') cookies.push(value);
      return undefined;
    });
  });
  const { url } = await hostPage(shopPage({ tag: widgetTag(salient.url) }));
  await page.goto(url);
  const chat = chatOn(page);
  await chat.open();
  await chat.ask(question);
  await expect(chat.log).toContainText(answer);
  await chat.ask('Do you ship internationally?');
  await expect(chat.log).toContainText('38 countries');

  const stored = await page.evaluate(() => Object.entries(localStorage).find(([name]) => name.endsWith(':token'))?.[1]);
  const { token } = JSON.parse(stored ?? '{}') as { token?: string };
  expect(token?.length).toBeGreaterThan(20);
  expect(cookies.length).toBeGreaterThan(0);
  for (const cookie of cookies) expect(cookie).not.toContain(token!);
  for (const address of addresses) expect(address).not.toContain(token!);
  expect(salient.output()).not.toContain(token!);

  await page.reload();
  await chat.open();
  await expect(chat.log).toContainText(answer);
});

test('with neither cookie nor storage the chat works as long as the page stands (V3)', async ({
  page,
  salient,
  hostPage,
}) => {
  await page.addInitScript(() => {
    for (const name of ['localStorage', 'sessionStorage']) {
      Object.defineProperty(window, name, {
        get() {
          throw new DOMException('The operation is insecure.', 'SecurityError');
        },
      });
    }
  });
  await page.goto((await hostPage(shopPage({ tag: widgetTag(salient.url) }))).url);
  const chat = chatOn(page);
  await chat.open();
  await chat.ask(question);
  await expect(chat.log).toContainText(answer);
  // The second question belongs to the same conversation: the token lives in memory.
  await chat.ask('Do you ship internationally?');
  await expect(chat.log).toContainText('38 countries');
  await page.reload();
  await chat.open();
  await expect(chat.log.locator('.bubble')).toHaveCount(0);
});

test('in a sandboxed frame without an origin the chat works (V3)', async ({ page, salient, hostPage }) => {
  const inner = await hostPage(shopPage({ tag: widgetTag(salient.url, { open: 'true' }) }));
  const frameTag = `<iframe sandbox="allow-scripts" src="${inner.url}" width="600" height="700" title="Chat"></iframe>`;
  await page.goto((await hostPage(`<!doctype html><html lang="en"><title>Outside</title>${frameTag}</html>`)).url);
  const panel = page.frameLocator('iframe').getByRole('dialog');
  await panel.getByRole('textbox', { name: 'Message' }).fill(question);
  await panel.getByRole('button', { name: 'Send' }).click();
  await expect(panel.getByRole('log')).toContainText(answer);
});
