import type { Page } from '@playwright/test';
import { chatOn, widgetTag } from '../support/chat.ts';
import type { BrowserSettings } from '../support/open-browser.ts';
import { SALIENT_HOST, type Web } from '../support/start-web.ts';
import { expect, test as base } from '../support/web-test.ts';

const ALDER = 'www.alder.test';
const BIRCH = 'www.birch.test';

interface Visit {
  web: Web;
  page: Page;
}

interface ShopFixtures {
  /** Two customers' shops, each with the widget's tag. */
  openShops: (readCookie?: (setCookie: string) => string) => Promise<Web>;
  /** The first of them, in a browser with these settings. */
  visitShop: (settings: BrowserSettings, readCookie?: (setCookie: string) => string) => Promise<Visit>;
}

const test = base.extend<ShopFixtures>({
  openShops: async ({ openWeb }, use) => {
    await use((readCookie = (setCookie) => setCookie) =>
      openWeb({
        hosts: [ALDER, BIRCH],
        sites: (url) => {
          const html = `<!doctype html><html lang="en"><title>Shop</title><h1>Shop</h1>${widgetTag(url(SALIENT_HOST))}`;
          return { [ALDER]: { '/': html }, [BIRCH]: { '/': html } };
        },
        readCookie,
      }),
    );
  },

  visitShop: async ({ openShops, openProfile }, use) => {
    await use(async (settings, readCookie) => {
      const web = await openShops(readCookie);
      const { context } = await openProfile(settings);
      const page = await context.newPage();
      await page.goto(web.url(ALDER));
      return { web, page };
    });
  },
});

/** What a browser makes of a cookie that has never heard of partitions. */
const withoutPartitions = (setCookie: string) => setCookie.replace(/; Partitioned/i, '');

async function askAndReload(page: Page): Promise<void> {
  const chat = chatOn(page);
  await chat.open();
  await chat.ask('What is your return policy?');
  await expect(chat.log).toContainText('30 days of delivery');
  await page.reload();
  await chat.open();
}

/** The bearer tokens that the server was shown, in order. */
const tokensOf = ({ requests }: Web) =>
  requests.flatMap(({ headers }) => /^Bearer (\S+)$/.exec(headers.authorization ?? '')?.[1] ?? []);

test('with third-party cookies blocked, the partitioned cookie keeps the conversation (V1, V3)', async ({
  visitShop,
}) => {
  const { web, page } = await visitShop({ blockedCookies: 'third-party' });
  await askAndReload(page);
  await expect(chatOn(page).log).toContainText('30 days of delivery');
  expect(tokensOf(web)).toEqual([]);
  const cookies = await page.context().cookies(web.url(SALIENT_HOST));
  expect(cookies).toEqual([
    expect.objectContaining({
      name: '__Host-salient_session',
      value: expect.stringMatching(/^[\w-]{72}$/),
      domain: SALIENT_HOST,
      path: '/',
      httpOnly: true,
      secure: true,
      sameSite: 'None',
      partitionKey: 'https://alder.test',
    }),
  ]);
  expect(await page.evaluate(() => document.cookie)).toBe('');
  expect(await page.evaluate(() => Object.keys(localStorage).filter((key) => key.endsWith('token')))).toEqual([]);
});

test('where partitions are unknown and third-party cookies blocked, a token keeps it (V3)', async ({
  visitShop,
  production,
}) => {
  const { web, page } = await visitShop({ blockedCookies: 'third-party' }, withoutPartitions);
  await askAndReload(page);
  await expect(chatOn(page).log).toContainText('30 days of delivery');
  expect(await page.context().cookies(web.url(SALIENT_HOST))).toEqual([]);
  const tokens = [...new Set(tokensOf(web))];
  expect(tokens).toEqual([expect.stringMatching(/^st_[\w-]{43}$/)]);
  for (const { url, headers } of web.requests) {
    expect(url).not.toContain(tokens[0]);
    expect(headers.referer ?? '').not.toContain(tokens[0]);
    expect(headers.cookie).toBeUndefined();
  }
  expect(production.output()).not.toContain(tokens[0]);
});

test('with cookies and storage blocked and throwing, the chat works until the page goes (V3)', async ({
  visitShop,
}) => {
  const { web, page } = await visitShop({ blockedCookies: 'all' });
  const errors: string[] = [];
  page.on('pageerror', ({ message }) => errors.push(message));
  expect(await page.evaluate(() => Reflect.get(window, 'localStorage')).catch(String)).toContain('Access is denied');
  await askAndReload(page);
  const chat = chatOn(page);
  await chat.ask('How can I track my order?');
  await expect(chat.log).toContainText('tracking link');
  await expect(chat.log).not.toContainText('30 days of delivery');
  // Two loads, two visitors: nothing ties them.
  expect(new Set(tokensOf(web)).size).toBe(2);
  expect(errors).toEqual([]);
});

test('a private window keeps the conversation as long as it is open, and no longer (V3)', async ({
  openShops,
  browser,
}) => {
  const web = await openShops();
  for (let window = 1; window <= 2; window++) {
    // What Playwright calls a context, Chromium calls off the record.
    const context = await browser.newContext({ ignoreHTTPSErrors: true });
    const page = await context.newPage();
    await page.goto(web.url(ALDER));
    const chat = chatOn(page);
    await chat.open();
    await expect(chat.panel.getByRole('button', { name: 'What is your return policy?' })).toBeVisible();
    await chat.ask('What is your return policy?');
    await expect(chat.log).toContainText('30 days of delivery');
    await page.reload();
    await chat.open();
    await expect(chat.log).toContainText('30 days of delivery');
    await context.close();
  }
});

for (const [how, readCookie] of [
  ['by cookie', undefined],
  ['by token', withoutPartitions],
] as const) {
  test(`a visitor of two customers' sites is two visitors, told apart ${how} (V2)`, async ({ visitShop }) => {
    const { web, page } = await visitShop({ blockedCookies: 'third-party' }, readCookie);
    const credential = () => {
      const { cookie, authorization } = web.requests.findLast(({ url }) => url.includes('/history'))?.headers ?? {};
      return authorization ?? cookie;
    };
    await askAndReload(page);
    await expect(chatOn(page).log).toContainText('30 days of delivery');
    const atAlder = credential();

    await page.goto(web.url(BIRCH));
    const chat = chatOn(page);
    await chat.open();
    await chat.ask('How can I track my order?');
    await expect(chat.log).toContainText('tracking link');
    await page.reload();
    await chat.open();
    await expect(chat.log).toContainText('tracking link');
    await expect(chat.log).not.toContainText('30 days of delivery');
    expect(atAlder).toMatch(how === 'by cookie' ? /^__Host-salient_session=/ : /^Bearer st_/);
    expect(credential()).toMatch(how === 'by cookie' ? /^__Host-salient_session=/ : /^Bearer st_/);
    expect(credential()).not.toBe(atAlder);
  });
}
