import { widgetTag } from '../support/chat.ts';
import type { Web } from '../support/start-web.ts';
import type { DriverSettings } from './browser-driver.ts';
import { chatAt } from './drive-chat.ts';
import { expect, hosts, test, type OpenWeb } from './driver-test.ts';
import type { BrowserName } from './open-driver.ts';

/**
 * Chromium's are in third-party/. Not here, because the drivers have no way to it: WebKit with storage that throws for a
 * whole page (a frame without an origin has none either: wrapper-flow.spec.ts), and WebKit in a window that is not private.
 */
const cases: { name: BrowserName; how: string; settings: DriverSettings; credential: RegExp }[] = [
  { name: 'Firefox', how: 'as it comes', settings: {}, credential: /^__Host-salient_session=/ },
  {
    name: 'Firefox',
    how: 'in a private window',
    settings: { isPrivate: true },
    credential: /^__Host-salient_session=/,
  },
  {
    name: 'Firefox',
    how: 'with third-party cookies blocked',
    settings: { blockedCookies: 'third-party' },
    credential: /^Bearer st_/,
  },
  {
    name: 'WebKit',
    how: 'with third-party cookies blocked, as it comes',
    settings: { blockedCookies: 'third-party' },
    credential: /^Bearer st_/,
  },
  { name: 'WebKit', how: 'with every cookie blocked', settings: { blockedCookies: 'all' }, credential: /^Bearer st_/ },
];

const question = 'What is your return policy?';
const answer = '30 days of delivery';

function openShops(openWeb: OpenWeb): Promise<Web> {
  return openWeb({
    salientHost: hosts.salient,
    hosts: [hosts.alder, hosts.birch],
    sites: (url) => {
      const html = `<!doctype html><html lang="en"><title>Shop</title><h1>Shop</h1>${widgetTag(url(hosts.salient))}`;
      return { [hosts.alder]: { '/': html }, [hosts.birch]: { '/': html } };
    },
  });
}

/** By what the server was last told who is asking. */
function lastCredential({ requests }: Web): string {
  const { headers } = requests.findLast(({ url, method }) => method === 'GET' && url.includes('/history')) ?? {};
  return headers?.authorization ?? headers?.cookie ?? '';
}

for (const { name, how, settings, credential } of cases) {
  test(`${name} ${how}: a reload keeps the conversation, and a visitor of two sites is two visitors (V2, V3)`, async ({
    openWeb,
    openBrowser,
  }) => {
    test.slow();
    const web = await openShops(openWeb);
    const driver = await openBrowser(name, settings);
    const chat = chatAt(driver);
    const seen: string[] = [];
    for (const host of [hosts.alder, hosts.birch]) {
      await driver.goto(web.url(host));
      await chat.open();
      expect(await chat.logText()).not.toContain(answer);
      await chat.ask(question, answer);
      await driver.reload();
      await chat.open();
      await chat.expectLog(answer);
      expect(await driver.evaluate(() => document.cookie)).toBe('');
      seen.push(lastCredential(web));
    }
    for (const one of seen) expect(one).toMatch(credential);
    expect(seen[0]).not.toBe(seen[1]);
  });
}

test('Firefox with every cookie blocked and storage that throws: the chat works until the page goes (V3)', async ({
  openWeb,
  openBrowser,
}) => {
  test.slow();
  const web = await openShops(openWeb);
  const driver = await openBrowser('Firefox', { blockedCookies: 'all' });
  const chat = chatAt(driver);
  await driver.goto(web.url(hosts.alder));
  expect(await driver.evaluate(readStorage)).toContain('SecurityError');
  await chat.open();
  await chat.ask(question, answer);
  await chat.ask('How can I track my order?', 'tracking link');
  await chat.expectLog(answer);
  expect(lastCredential(web)).not.toContain('__Host-salient_session');
  await driver.reload();
  await chat.open();
  expect(await chat.logText()).not.toContain(answer);
});

/** Runs in the page. */
function readStorage(): string {
  try {
    return String(localStorage.length);
  } catch (error) {
    return String(error);
  }
}
