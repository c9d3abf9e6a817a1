import { chatOn, widgetTag } from '../support/chat.ts';
import { expect, test } from '../support/test.ts';

test('signed out, the next person at the browser finds an empty widget, and the old cookie is worth nothing (V9)', async ({
  page,
  salient: { url },
  hostPage,
}) => {
  const stub =
    '<script>window.Salient = window.Salient || function () { (Salient.q = Salient.q || []).push(arguments); };</script>';
  const shop = await hostPage(`<!doctype html><html lang="en"><title>Shop</title>${stub}${widgetTag(url)}</html>`);
  await page.goto(shop.url);
  const chat = chatOn(page);
  const { log, composer } = chat;
  const told = page.waitForResponse((response) => response.url().endsWith('/identify'));
  await page.evaluate(() => window.Salient?.('identify', { user_id: 'u-1', name: 'Ada' }));
  await chat.open();
  expect((await told).status()).toBe(200);
  await chat.ask('What is your return policy?');
  await expect(log).toContainText('30 days of delivery');
  await composer.fill('Something private, not sent');
  const [before] = await page.context().cookies(url);

  const signedOut = page.waitForResponse((response) => response.url().endsWith('/session/signout'));
  await page.evaluate(() => window.Salient?.('identify', null));
  expect((await signedOut).status()).toBe(200);
  await expect(log).not.toContainText('return policy');
  await expect(composer).toHaveValue('');
  await page.reload();
  await chat.open();
  await expect(log).not.toContainText('return policy');

  const replayed = await fetch(`${url}/accounts/default_account/agents/simple_chat1/history`, {
    headers: { Cookie: `${before?.name}=${before?.value}`, Origin: new URL(shop.url).origin },
  });
  expect(replayed.status).toBe(401);
});
