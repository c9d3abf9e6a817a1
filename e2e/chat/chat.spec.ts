import { chatOn, widgetTag } from '../support/chat.ts';
import { expect, test } from '../support/test.ts';

const shop = (tag: string) => `<!doctype html><html lang="en"><title>Shop</title><h1>Shop</h1>${tag}</html>`;

test.describe('on a page of another site', () => {
  test('a visitor asks, reads the answer as it comes, reloads and finds the conversation again', async ({
    page,
    salient,
    hostPage,
    allowConsoleError,
  }) => {
    // Another site's cookie is not sent back over plain http; the widget asks for a token instead.
    allowConsoleError(/status of 401/);
    const { url } = await hostPage(shop(widgetTag(salient.url)));
    await page.goto(url);
    const chat = chatOn(page);
    await chat.open();
    await expect(chat.composer).toBeFocused();
    await chat.ask('What is your return policy?');

    await expect(chat.log).toContainText('What is your return policy?');
    await expect(chat.log).toContainText('within 30 days of delivery for a full refund');
    await expect(chat.log.locator('strong', { hasText: '30 days of delivery' })).toBeVisible();
    await expect(chat.panel.getByText('Return policy', { exact: true }).last()).toBeVisible();

    await chat.ask('Do you ship internationally?');
    await expect(chat.log).toContainText('38 countries');
    // A page that is left in the middle of an answer would open the chat again by itself.
    await expect(chat.panel.getByRole('button', { name: 'Send' })).toBeVisible();

    await page.reload();
    await chat.open();
    await expect(chat.log).toContainText('within 30 days of delivery for a full refund');
    await expect(chat.log).toContainText('38 countries');
  });

  test('nothing is stored or asked before a visitor reaches for it', async ({ page, context, salient, hostPage }) => {
    const { url } = await hostPage(shop(widgetTag(salient.url)));
    const requests: string[] = [];
    page.on('request', (request) => requests.push(new URL(request.url()).pathname));
    await page.goto(url);
    await expect(chatOn(page).launcher).toBeVisible();
    await page.waitForLoadState('networkidle');

    const config = '/accounts/default_account/agents/simple_chat1/config';
    expect(requests.filter((path) => path !== '/' && path !== '/favicon.ico' && path !== config)).toEqual([
      '/chat-widget.js',
    ]);
    expect(await context.cookies()).toEqual([]);
    expect(await page.evaluate(() => localStorage.length + sessionStorage.length)).toBe(0);
  });

  test('the keyboard is enough', async ({ page, salient, hostPage, allowConsoleError }) => {
    allowConsoleError(/status of 401/);
    const { url } = await hostPage(shop(widgetTag(salient.url)));
    await page.goto(url);
    const chat = chatOn(page);
    await chat.launcher.focus();
    await page.keyboard.press('Enter');
    await expect(chat.composer).toBeFocused();
    await page.keyboard.type('Hello');
    await page.keyboard.press('Shift+Enter');
    await page.keyboard.type('there');
    await expect(chat.composer).toHaveValue('Hello\nthere');
    await page.keyboard.press('Enter');
    await expect(chat.composer).toHaveValue('');
    await expect(chat.log).toContainText('there');
    await page.keyboard.press('Escape');
    await expect(chat.panel).toBeHidden();
    await expect(chat.launcher).toBeFocused();
  });

  test('two tags make two widgets with two conversations', async ({ page, salient, hostPage, allowConsoleError }) => {
    allowConsoleError(/status of 401/);
    const tags = [
      widgetTag(salient.url, { account: 'default_account', agent: 'simple_chat2', title: 'Office', open: 'true' }),
      widgetTag(salient.url, {
        account: 'acme',
        agent: 'acme_chat1',
        title: 'Planner',
        open: 'true',
        position: 'bottom-left',
      }),
    ];
    const { url } = await hostPage(shop(tags.join('')));
    await page.goto(url);
    const [office, planner] = [chatOn(page, 'Office'), chatOn(page, 'Planner')];
    await office.ask('What are your business hours?');
    await planner.ask('Do you have a mobile app?');
    await expect(office.log).toContainText('Monday to Friday');
    await expect(planner.log).toContainText('iPhone, iPad and Android');
    await expect(office.log).not.toContainText('mobile app');
    await expect(planner.log).not.toContainText('business hours');

    await page.reload();
    await expect(office.log).toContainText('Monday to Friday');
    await expect(planner.log).toContainText('iPhone, iPad and Android');
    await expect(office.log).not.toContainText('iPhone');
  });
});

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 780 }, hasTouch: true, isMobile: true });

  test('the panel fills the screen, and closes', async ({ page, salient }) => {
    await page.goto(`${salient.url}/demo/widget`);
    const chat = chatOn(page);
    await chat.open();
    // Once it has slid in.
    await expect.poll(() => chat.panel.boundingBox()).toMatchObject({ x: 0, y: 0, width: 390 });
    await chat.panel.getByRole('button', { name: 'Close chat' }).click();
    await expect(chat.panel).toBeHidden();
    await expect(chat.launcher).toBeVisible();
  });
});

test('an outage is explained, and a retry asks again without asking twice', async ({
  page,
  salient,
  hostPage,
  allowConsoleError,
}) => {
  allowConsoleError(/ERR_FAILED|status of 401|net::/);
  // The server is away, not the visitor: a machine that runs this without a network would say that it is offline.
  await page.addInitScript(() => Object.defineProperty(navigator, 'onLine', { get: () => true }));
  const { url } = await hostPage(shop(widgetTag(salient.url)));
  await page.goto(url);
  const chat = chatOn(page);
  await chat.open();
  await page.route('**/stream', (route) => route.abort('failed'));
  await chat.ask('What is your return policy?');
  const retry = chat.panel.getByRole('button', { name: /retry|try again/i });
  await expect(retry).toBeVisible({ timeout: 30_000 });
  await page.unroute('**/stream');
  await retry.click();
  await expect(chat.log).toContainText('within 30 days of delivery');
  await expect(chat.log.getByText('What is your return policy?')).toHaveCount(1);
});
