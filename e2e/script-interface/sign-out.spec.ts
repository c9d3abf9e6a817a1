import { chatOn, widgetTag } from '../support/chat.ts';
import { expect, test } from '../support/test.ts';

const stub =
  '<script>window.Salient = window.Salient || function () { (Salient.q = Salient.q || []).push(arguments); };</script>';
const shopWith = (tag: string) => `<!doctype html><html lang="en"><title>Shop</title>${stub}${tag}</html>`;

test('signed out, the next person at the browser finds an empty widget, and a replay is refused (V9)', async ({
  page,
  salient: { url },
  hostPage,
  allowConsoleError,
}) => {
  // The page is another site to the server: its cookie does not stay, and a token takes its place.
  allowConsoleError(/status of 401/);
  const shop = await hostPage(shopWith(widgetTag(url)));
  await page.goto(shop.url);
  const chat = chatOn(page);
  const { log, composer } = chat;
  await page.evaluate(() => window.Salient?.('identify', { user_id: 'u-1', name: 'Ada' }));
  const told = page.waitForRequest(
    (request) => request.url().endsWith('/identify') && request.headers()['authorization'] !== undefined,
  );
  const asked = page.waitForRequest((request) => request.url().endsWith('/stream'));
  await chat.open();
  await told;
  await chat.ask('What is your return policy?');
  await expect(log).toContainText('30 days of delivery');
  const { authorization = '' } = (await asked).headers();
  expect(authorization).toMatch(/^Bearer st_/);
  await composer.fill('Something private, not sent');

  const signedOut = page.waitForResponse((response) => response.url().endsWith('/session/signout'));
  await page.evaluate(() => window.Salient?.('identify', null));
  expect((await signedOut).status()).toBe(200);
  await expect(log).not.toContainText('30 days of delivery');
  await expect(composer).toHaveValue('');
  await page.reload();
  await chat.open();
  await expect(log).toContainText('Ask me about returns');
  await expect(log).not.toContainText('30 days of delivery');

  const replayed = await fetch(`${url}/accounts/default_account/agents/simple_chat1/history`, {
    headers: { Authorization: authorization, Origin: new URL(shop.url).origin },
  });
  expect(replayed.status).toBe(401);
});

test('signed out in one tab, the others are empty at once (V9)', async ({
  page,
  context,
  salient: { url },
  hostPage,
  allowConsoleError,
}) => {
  allowConsoleError(/status of 401/);
  const shop = await hostPage(shopWith(widgetTag(url)));
  await page.goto(shop.url);
  const chat = chatOn(page);
  await page.evaluate(() => window.Salient?.('identify', { user_id: 'u-2', name: 'Grace' }));
  await chat.open();
  await chat.ask('What is your return policy?');
  await expect(chat.log).toContainText('30 days of delivery');

  const other = await context.newPage();
  await other.goto(shop.url);
  const otherChat = chatOn(other);
  await otherChat.open();
  await expect(otherChat.log).toContainText('30 days of delivery');
  await otherChat.composer.fill('Something private, not sent');

  const signedOut = page.waitForResponse((response) => response.url().endsWith('/session/signout'));
  await page.evaluate(() => window.Salient?.('identify', null));
  await expect(otherChat.log).not.toContainText('30 days of delivery');
  await expect(otherChat.composer).toHaveValue('');
  await signedOut;

  // Whoever goes on there is somebody else, in both tabs.
  await otherChat.ask('How long does shipping take?');
  await expect(otherChat.log).toContainText('business days');
  await expect(chat.log).toContainText('business days');
  await expect(chat.log).not.toContainText('30 days of delivery');
  await expect(otherChat.log).not.toContainText('30 days of delivery');
});
