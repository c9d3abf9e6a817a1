import { chatOn, widgetTag } from '../support/chat.ts';
import { startConfigured } from '../support/start-configured.ts';
import type { RunningSalient } from '../support/start-salient.ts';
import { expect, test } from '../support/test.ts';

let shop: RunningSalient;
/** So slow that a visitor can leave in between. */
test.beforeAll(async () => {
  test.setTimeout(120_000);
  shop = await startConfigured({ wordsPerSecond: 12, agents: { slow: 'agent_type: simple_chat' } });
});
test.afterAll(() => shop.stop());
test.beforeEach(({ allowConsoleError }) =>
  allowConsoleError(/status of 401|ERR_INTERNET_DISCONNECTED|ERR_FAILED|net::/),
);

const pageWith = (attributes = {}) =>
  `<!doctype html><html lang="en"><title>Shop</title>${widgetTag(shop.url, { account: 'shop', agent: 'slow', ...attributes })}</html>`;
/** What the server has stored is what is shown, and it is the end. */
const whole = /First the parcel is packed\..*At last it arrives\. \[1\]/s;

test('a message written offline waits in sight and goes out once when the network is back', async ({
  page,
  context,
  hostPage,
}) => {
  const asked: string[] = [];
  page.on('request', (request) => {
    if (request.url().endsWith('/stream'))
      asked.push((request.postDataJSON() as { client_message_id: string }).client_message_id);
  });
  await page.goto((await hostPage(pageWith())).url);
  const chat = chatOn(page);
  await chat.open();
  await context.setOffline(true);
  await expect(chat.panel.locator('.banner')).toHaveText('You are offline. This goes on when you are back.');
  await chat.ask('deliveries');
  await expect(chat.log).toContainText('Will be sent when you are back online.');
  await context.setOffline(false);
  await expect(chat.log).toContainText(whole, { timeout: 60_000 });
  await expect(chat.panel.locator('.banner')).toHaveCount(0);
  await expect(chat.log.locator('.message.user')).toHaveText([/deliveries/]);
  expect(new Set(asked).size).toBe(1);
});

test('a message written offline survives the reload of a page that needs no network', async ({
  page,
  context,
  hostPage,
}) => {
  await page.goto((await hostPage(pageWith())).url);
  const chat = chatOn(page);
  await chat.open();
  // The server cannot be reached; the page can.
  await context.route(`${shop.url}/accounts/**`, (route) => route.abort('internetdisconnected'));
  await chat.ask('deliveries');
  await expect(chat.log.locator('.message.user')).toHaveText([/deliveries/]);
  await page.reload();
  await context.unroute(`${shop.url}/accounts/**`);
  await expect(chat.log).toContainText(whole, { timeout: 60_000 });
  await expect(chat.log.locator('.message.user')).toHaveText([/deliveries/]);
});

test('the next page goes on with an answer by itself, and says so (S1, S17)', async ({ page, hostPage }) => {
  const { url } = await hostPage(pageWith());
  await page.goto(url);
  const chat = chatOn(page);
  await chat.open();
  await chat.ask('deliveries');
  await expect(chat.log).toContainText('First the parcel');
  await page.route('**/stream?turn=*', async (route) => {
    await page.waitForTimeout(1_000);
    await route.continue();
  });
  await page.goto('about:blank');
  await page.goto(url);
  await expect(chat.log).toContainText('Getting the rest of the answer…');
  await expect(chat.log).toContainText(whole, { timeout: 60_000 });
  await expect(chat.composer).not.toBeFocused();
  await expect(chat.log.locator('.message.user')).toHaveText([/deliveries/]);
  // The next one finds nothing under way, and leaves the visitor in peace.
  await page.reload();
  await expect(chat.launcher).toBeVisible();
});

test('an answer that ends while its panel is closed on the next page is counted there', async ({ page, hostPage }) => {
  const { url } = await hostPage(pageWith());
  await page.goto(url);
  const chat = chatOn(page);
  await chat.open();
  await chat.ask('deliveries');
  await expect(chat.log).toContainText('First the parcel');
  await page.keyboard.press('Escape');
  await page.reload();
  await expect(page).toHaveTitle('(1) Shop', { timeout: 60_000 });
  await expect(chat.panel).toBeHidden();
  await chat.open();
  await expect(chat.log).toContainText(whole);
});

test('two tabs show one conversation, also while it is written (S4, S17)', async ({ page, context, hostPage }) => {
  const { url } = await hostPage(pageWith());
  const other = await context.newPage();
  for (const tab of [page, other]) {
    await tab.goto(url);
    await chatOn(tab).open();
  }
  await chatOn(page).ask('deliveries please');
  await expect(chatOn(other).log).toContainText('deliveries please');
  await expect(chatOn(other).log).toContainText('First the parcel');
  // What the other tab sends meanwhile waits for the answer and stands after it.
  await page.reload();
  await expect(chatOn(page).log).toContainText(whole, { timeout: 60_000 });
  await expect(chatOn(other).log).toContainText(whole);
  await chatOn(other).ask('deliveries again');
  await expect(chatOn(page).log).toContainText('deliveries again');
  const texts = (tab: typeof page) =>
    chatOn(tab).log.locator('.message.user, .message.assistant .markdown').allTextContents();
  await expect(chatOn(other).log.locator('.actions')).toHaveCount(2, { timeout: 60_000 });
  await expect(chatOn(page).log.locator('.actions')).toHaveCount(2);
  expect(await texts(page)).toEqual(await texts(other));
});

test('where nothing can be stored the chat works all the same (V3)', async ({ page, hostPage }) => {
  await page.addInitScript(() => {
    for (const name of ['localStorage', 'sessionStorage']) {
      Object.defineProperty(window, name, {
        get() {
          throw new DOMException('The operation is insecure.', 'SecurityError');
        },
      });
    }
  });
  await page.goto((await hostPage(pageWith({ teaser: 'Can I help?' }))).url);
  const chat = chatOn(page);
  await page.getByRole('button', { name: 'Can I help?' }).click();
  await chat.ask('deliveries');
  await expect(chat.log).toContainText(whole, { timeout: 60_000 });
  await chat.panel.getByRole('button', { name: 'Answer again' }).click();
  await chat.panel.getByRole('button', { name: 'Stop' }).click();
  await expect(chat.log).toContainText('You stopped this answer.');
});
