import type { Page } from '@playwright/test';
import { chatOn, widgetTag, type Chat } from '../support/chat.ts';
import { shopPage } from '../support/shop-page.ts';
import type { Fault, ScriptedAgent } from '../support/start-scripted-agent.ts';
import { expect, test } from '../support/test.ts';
import { watchPageScript } from '../support/watch-page.ts';

const head = '<script src="/watch.js"></script>';
const options = { files: { '/watch.js': watchPageScript } };

test.beforeEach(async ({ page, allowConsoleError }) => {
  // The browser itself writes down every call that fails.
  allowConsoleError(/net::ERR|status of 500|CORS policy/);
  await page.addInitScript(() => {
    // The middle of every jitter, so that calls can be counted; and the server is away, not the visitor.
    Math.random = () => 0.5;
    Object.defineProperty(navigator, 'onLine', { get: () => true });
  });
});

async function expectPageUntouched(page: Page) {
  expect(await page.evaluate(() => window.pageWatch)).toEqual({ faults: [] });
}

async function expectRecovery(chat: Chat, agent: ScriptedAgent) {
  agent.script.fault = undefined;
  await chat.panel.getByRole('button', { name: 'Retry' }).click();
  await expect(chat.log).toContainText('Hello.');
  await expect(chat.log.getByText('Anybody there?')).toHaveCount(1);
}

const faults: Record<'down' | 'broken', string> = {
  down: 'the API is down',
  broken: 'the API answers with errors',
};

for (const fault of Object.keys(faults) as Fault[]) {
  test(`${faults[fault as keyof typeof faults]}: the launcher stands, the visitor is told, a few calls are made, and it recovers (R11)`, async ({
    page,
    hostPage,
    scriptedAgent,
  }) => {
    const agent = await scriptedAgent({ fault });
    await page.goto((await hostPage(shopPage({ head, tag: widgetTag(agent.url) }), options)).url);
    const chat = chatOn(page);
    await expect(chat.launcher).toBeVisible();
    await chat.open();
    await chat.ask('Anybody there?');
    await expect(chat.log).toContainText('Not sent.', { timeout: 30_000 });
    const callsUntilTold = agent.calls.length;
    expect(callsUntilTold, agent.calls.join(', ')).toBeLessThanOrEqual(12);
    // Having told, it waits to be asked.
    await page.waitForTimeout(3_000);
    expect(agent.calls.length, agent.calls.join(', ')).toBe(callsUntilTold);
    await expectPageUntouched(page);
    await expectRecovery(chat, agent);
    await expectPageUntouched(page);
  });
}

test('the API goes down in the middle of an answer: it is asked for the rest ever more rarely (R11)', async ({
  page,
  hostPage,
  scriptedAgent,
}) => {
  const agent = await scriptedAgent({ answer: { pieces: ['One mo'], end: 'open' } });
  await page.goto((await hostPage(shopPage({ head, tag: widgetTag(agent.url) }), options)).url);
  const chat = chatOn(page);
  await chat.open();
  await chat.ask('Anybody there?');
  await expect(chat.log).toContainText('One mo');
  const callsBefore = agent.calls.length;
  agent.script.fault = 'down';
  agent.cutStreams();
  await expect(chat.panel).toContainText('Reconnecting…');
  await page.waitForTimeout(8_000);
  // At 0.5, 1, 2 and 4 s after one another; a slow machine makes fewer.
  expect(agent.calls.length - callsBefore, agent.calls.join(', ')).toBeLessThanOrEqual(5);
  agent.script.answer = { pieces: ['One mo', 'ment is over.'] };
  agent.script.fault = undefined;
  await expect(chat.log).toContainText('ment is over.', { timeout: 30_000 });
  await expectPageUntouched(page);
});

test('the API takes calls and says nothing: the panel stays usable and one call waits (R11)', async ({
  page,
  hostPage,
  scriptedAgent,
}) => {
  await page.clock.install();
  const agent = await scriptedAgent({ fault: 'silent' });
  await page.goto((await hostPage(shopPage({ head, tag: widgetTag(agent.url) }), options)).url);
  const chat = chatOn(page);
  await expect.poll(() => agent.calls).toEqual(['GET /config']);
  // The panel waits a moment for its colour, no longer.
  await chat.open();
  await page.clock.runFor(5_000);
  expect(agent.calls).toEqual(['GET /config', 'GET /history']);
  await page.keyboard.press('Escape');
  await page.clock.runFor(100);
  await expect(chat.panel).toBeHidden();
  await chat.open();
  agent.script.fault = undefined;
  // The call is given up, and the next one is answered.
  await page.clock.runFor(30_000);
  await expect.poll(() => agent.calls.filter((call) => call === 'GET /history').length).toBe(2);
  await page.clock.resume();
  await chat.ask('Anybody there?');
  await expect(chat.log).toContainText('Hello.');
  await expectPageUntouched(page);
});

test('a slow API is waited for (R11)', async ({ page, hostPage, scriptedAgent }) => {
  const agent = await scriptedAgent({ fault: 'slow' });
  await page.goto((await hostPage(shopPage({ head, tag: widgetTag(agent.url) }), options)).url);
  const chat = chatOn(page);
  await chat.open();
  await chat.ask('Anybody there?');
  await expect(chat.log).toContainText('Hello.');
  expect(agent.calls.sort()).toEqual(['GET /config', 'GET /history', 'POST /stream']);
  await expectPageUntouched(page);
});

test('an ad blocker stops the API: the visitor is told that a browser may have blocked it (R11)', async ({
  page,
  hostPage,
  scriptedAgent,
}) => {
  const agent = await scriptedAgent();
  let calls = 0;
  await page.route('**/accounts/**', (route) => {
    calls += 1;
    return route.abort('blockedbyclient');
  });
  await page.goto((await hostPage(shopPage({ head, tag: widgetTag(agent.url) }), options)).url);
  const chat = chatOn(page);
  await chat.open();
  await chat.ask('Anybody there?');
  await expect(chat.log).toContainText('Not sent.', { timeout: 30_000 });
  await expect(chat.log).toContainText('blocked by this browser');
  expect(calls).toBeLessThanOrEqual(12);
  await expectPageUntouched(page);
});

test('an ad blocker stops the script: the page and its own calls of Salient go on (R11)', async ({
  page,
  hostPage,
  scriptedAgent,
}) => {
  const agent = await scriptedAgent();
  await page.route('**/chat-widget.js', (route) => route.abort('blockedbyclient'));
  await page.goto((await hostPage(shopPage({ head, tag: widgetTag(agent.url) }), options)).url);
  await page.evaluate(() => {
    const early: { q?: unknown[] } & ((...call: unknown[]) => void) = (...call) => void (early.q ??= []).push(call);
    window.Salient ??= early;
    window.Salient('open');
  });
  await expect(page.locator('salient-chat')).toHaveCount(0);
  await expectPageUntouched(page);
});

test('the file server is away when the panel is wanted: the click is answered, and the next one brings it (R11)', async ({
  page,
  hostPage,
  scriptedAgent,
}) => {
  const agent = await scriptedAgent();
  let tries = 0;
  await page.route('**/panel-*', (route) => {
    tries += 1;
    return route.abort('failed');
  });
  await page.goto((await hostPage(shopPage({ head, tag: widgetTag(agent.url) }), options)).url);
  const chat = chatOn(page);
  await chat.launcher.hover();
  await expect.poll(() => tries).toBe(1);
  await chat.launcher.click();
  const retry = page.getByRole('button', { name: 'Chat did not load. Try again.' });
  await expect(retry).toBeVisible();
  // Not only for those who hear it.
  const told = await retry.evaluate((button) => getComputedStyle(button, '::after').content);
  expect(told).toBe('"Chat did not load. Try again."');
  await page.waitForTimeout(1_000);
  // Pointer, focus and click are one wish each, and not more.
  expect(tries).toBeLessThanOrEqual(3);
  await expectPageUntouched(page);
  await page.unroute('**/panel-*');
  await retry.click();
  await expect(chat.composer).toBeFocused();
  await chat.ask('Anybody there?');
  await expect(chat.log).toContainText('Hello.');
  await expectPageUntouched(page);
});

test('a click is answered at once, however long the panel takes', async ({ page, hostPage, scriptedAgent }) => {
  const agent = await scriptedAgent();
  let serve = () => {};
  const served = new Promise<void>((resolve) => (serve = resolve));
  await page.route('**/panel-*', async (route) => {
    await served;
    await route.continue();
  });
  await page.goto((await hostPage(shopPage({ head, tag: widgetTag(agent.url) }), options)).url);
  const chat = chatOn(page);
  await expect(chat.launcher).toHaveCSS('opacity', '1');
  await chat.launcher.click();
  await expect(chat.launcher).toHaveCSS('opacity', '0.6');
  serve();
  await expect(chat.composer).toBeFocused();
  await expect(page.getByRole('button', { name: 'Close chat' })).toHaveCSS('opacity', '1');
  await expectPageUntouched(page);
});

test('where the page has a launcher of its own, the round button says that the panel is away (R11)', async ({
  page,
  hostPage,
  scriptedAgent,
}) => {
  const agent = await scriptedAgent();
  await page.route('**/panel-*', (route) => route.abort('failed'));
  const tag = `<button id="ask">Ask us</button>${widgetTag(agent.url, { launcher: '#ask' })}`;
  await page.goto((await hostPage(shopPage({ head, tag }), options)).url);
  const ask = page.getByRole('button', { name: 'Ask us' });
  await expect(ask).toHaveAttribute('aria-haspopup', 'dialog');
  await expect(page.locator('salient-chat .launcher')).toBeHidden();
  await ask.click();
  const retry = page.getByRole('button', { name: 'Chat did not load. Try again.' });
  await expect(retry).toBeVisible();
  await page.unroute('**/panel-*');
  await retry.click();
  await expect(chatOn(page).composer).toBeFocused();
  await expect(page.locator('salient-chat .launcher')).toHaveCount(0);
  await expectPageUntouched(page);
});

const unclicked: Record<string, { attributes?: Record<string, string>; before?: string; isOpenLater?: boolean }> = {
  'an inline chat': { attributes: { mode: 'inline', target: '#chat' } },
  'a chat that fills the page': { attributes: { mode: 'page' } },
  'a chat that stands open': { attributes: { open: 'true' } },
  'a chat that the page opens before it is there': {
    before: '<script>Salient=function(){(Salient.q=Salient.q||[]).push(arguments)};Salient("open")</script>',
  },
  'a chat that the page opens': { isOpenLater: true },
  'a chat that the page opens, with a launcher of its own': { attributes: { launcher: '#ask' }, isOpenLater: true },
};

for (const [name, { attributes, before = '', isOpenLater }] of Object.entries(unclicked)) {
  test(`${name} says without a click that it did not load, and a click brings it (R11)`, async ({
    page,
    hostPage,
    scriptedAgent,
  }) => {
    const agent = await scriptedAgent();
    let tries = 0;
    await page.route('**/panel-*', (route) => {
      tries += 1;
      return route.abort('failed');
    });
    const place = '<div id="chat" style="height:400px"></div><button id="ask">Ask us</button>';
    const tag = `${before}${widgetTag(agent.url, attributes)}${place}`;
    await page.goto((await hostPage(shopPage({ head, tag }), options)).url);
    if (isOpenLater) {
      await expect(page.locator('salient-chat')).toBeAttached();
      await page.evaluate(() => window.Salient!('open'));
    }
    const retry = page.getByRole('button', { name: 'Chat did not load. Try again.' });
    await expect(retry).toBeInViewport();
    await page.waitForTimeout(1_000);
    expect(tries).toBeLessThanOrEqual(2);
    // Asked again in vain, it says so again.
    await retry.click();
    await expect.poll(() => tries).toBeGreaterThan(1);
    await expect(retry).toHaveCSS('opacity', '1');
    await page.unroute('**/panel-*');
    await retry.click();
    const panel = page.locator('salient-chat .panel');
    await expect(panel).toBeVisible();
    await expect(retry).toHaveCount(0);
    await panel.getByRole('textbox', { name: 'Message' }).fill('Anybody there?');
    await panel.getByRole('button', { name: 'Send' }).click();
    await expect(panel.getByRole('log')).toContainText('Hello.');
    const { width, height } = (await panel.boundingBox())!;
    if (attributes?.['mode'] === 'inline') expect(await page.locator('#chat .panel').count()).toBe(1);
    if (attributes?.['mode'] === 'page') expect({ width, height }).toEqual(page.viewportSize());
    await expectPageUntouched(page);
  });
}

test('an inline chat whose API is down stands there, tells whoever writes, and recovers (R11)', async ({
  page,
  hostPage,
  scriptedAgent,
}) => {
  const agent = await scriptedAgent({ fault: 'down' });
  const tag = `<div id="chat" style="height:400px"></div>${widgetTag(agent.url, { mode: 'inline', target: '#chat' })}`;
  await page.goto((await hostPage(shopPage({ head, tag }), options)).url);
  const panel = page.locator('salient-chat .panel');
  await panel.getByRole('textbox', { name: 'Message' }).fill('Anybody there?');
  await panel.getByRole('button', { name: 'Send' }).click();
  await expect(panel).toContainText('Not sent.', { timeout: 30_000 });
  agent.script.fault = undefined;
  await panel.getByRole('button', { name: 'Retry' }).click();
  await expect(panel.getByRole('log')).toContainText('Hello.');
  await expectPageUntouched(page);
});

test('an element that the page takes out while its server is slow does not come back', async ({
  page,
  hostPage,
  scriptedAgent,
}) => {
  const agent = await scriptedAgent({ fault: 'slow' });
  const tag = `<main><salient-chat></salient-chat></main>${widgetTag(agent.url, { agent: 'other', accent: 'red', position: 'top-left' })}`;
  await page.goto((await hostPage(shopPage({ head, tag }), options)).url);
  await expect.poll(() => agent.calls).toEqual(['GET /config']);
  await page.evaluate(() => document.querySelector('main')!.remove());
  await page.waitForTimeout(2_500);
  await expect(page.locator('salient-chat')).toHaveCount(1);
  await expectPageUntouched(page);
});
