import { chatOn, widgetTag } from '../support/chat.ts';
import { expect, test } from '../support/test.ts';

test('signed out, the next person at the browser finds an empty widget, and a replay is refused (V9)', async ({
  page,
  salient: { url },
  hostPage,
  allowConsoleError,
}) => {
  // The page is another site to the server: its cookie does not stay, and a token takes its place.
  allowConsoleError(/status of 401/);
  const stub =
    '<script>window.Salient = window.Salient || function () { (Salient.q = Salient.q || []).push(arguments); };</script>';
  const shop = await hostPage(`<!doctype html><html lang="en"><title>Shop</title>${stub}${widgetTag(url)}</html>`);
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
