import type { Locator, Page } from '@playwright/test';
import { chatOn, widgetTag } from '../support/chat.ts';
import { shopPage } from '../support/shop-page.ts';
import { expect, test } from '../support/test.ts';
import { watchPageScript } from '../support/watch-page.ts';

const head = '<script src="/watch.js"></script>';
const options = { files: { '/watch.js': watchPageScript } };
const DEFAULT_BLUE = 'rgb(11, 95, 255)';
const GREEN = 'rgb(0, 128, 0)';

/** What servers say of their agents, each only when it is let go. */
async function holdConfigs(page: Page, configs: Record<string, object>) {
  const letGo: Record<string, () => void> = {};
  for (const [agent, json] of Object.entries(configs)) {
    const isFree = new Promise<void>((resolve) => (letGo[agent] = resolve));
    await page.route(`**/agents/${agent}/config`, async (route) => {
      await isFree;
      await route.fulfill({ json, headers: { 'access-control-allow-origin': '*' } });
    });
  }
  return (agent: string) => letGo[agent]!();
}

const launchersOn = (page: Page) => page.getByRole('button', { name: /chat|help/i });
const cornerOf = async (launcher: Locator) => {
  const { x, y } = (await launcher.boundingBox())!;
  return [x, y];
};
const bottomRight = (page: Page, index = 0) => {
  const { width, height } = page.viewportSize()!;
  return [width - 76 - index * 68, height - 76];
};

async function expectPageUntouched(page: Page) {
  expect(await page.evaluate(() => window.pageWatch)).toEqual({ faults: [] });
}

test('the launcher does not wait for the server; what that says of it, it shows anew and moves nothing', async ({
  page,
  hostPage,
  scriptedAgent,
}) => {
  const agent = await scriptedAgent();
  const letGo = await holdConfigs(page, {
    simple_chat1: { accent: 'green', position: 'top-left', label: 'Ask for help' },
  });
  await page.goto((await hostPage(shopPage({ head, tag: widgetTag(agent.url) }), options)).url);
  const launcher = launchersOn(page);
  await expect(launcher).toHaveAccessibleName('Open chat');
  await expect(launcher).toHaveCSS('opacity', '1');
  await expect(launcher).toHaveCSS('background-color', DEFAULT_BLUE);
  expect(await cornerOf(launcher)).toEqual(bottomRight(page));

  letGo('simple_chat1');
  await expect(launcher).toHaveAccessibleName('Ask for help');
  await expect(launcher).toHaveCSS('background-color', GREEN);
  expect(await cornerOf(launcher)).toEqual([20, 20]);
  await expect(launcher).toHaveCSS('opacity', '1');
  await launcher.click();
  await expect(chatOn(page).composer).toBeFocused();
  expect(await cornerOf(launcher)).toEqual([20, 20]);
  await expectPageUntouched(page);
});

test('who wants less motion sees the launcher at once', async ({ page, hostPage, scriptedAgent }) => {
  const agent = await scriptedAgent();
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.goto((await hostPage(shopPage({ tag: widgetTag(agent.url) }))).url);
  await expect(launchersOn(page)).toBeVisible();
  expect(await launchersOn(page).evaluate((launcher) => getComputedStyle(launcher).animationName)).toBe('none');
});

for (const reach of ['hover', 'focus'] as const) {
  test(`a launcher that a visitor has reached for (${reach}) stays where it is, also when the panel has come`, async ({
    page,
    hostPage,
    scriptedAgent,
  }) => {
    const agent = await scriptedAgent();
    const letGo = await holdConfigs(page, { simple_chat1: { accent: 'green', position: 'top-left' } });
    await page.goto((await hostPage(shopPage({ head, tag: widgetTag(agent.url) }), options)).url);
    const launcher = launchersOn(page);
    await launcher[reach]();
    letGo('simple_chat1');
    // From now on it is the panel's.
    await expect(launcher).toHaveAttribute('aria-expanded', 'false');
    await expect(launcher).toHaveCSS('background-color', GREEN);
    expect(await cornerOf(launcher)).toEqual(bottomRight(page));
    if (reach === 'focus') {
      await expect(launcher).toBeFocused();
      await page.keyboard.press('Enter');
    } else await launcher.click();
    await expect(chatOn(page).composer).toBeFocused();
    expect(await cornerOf(launcher)).toEqual(bottomRight(page));
    await expectPageUntouched(page);
  });
}

test('a click before the server has answered opens a panel that has its look, where the launcher is', async ({
  page,
  hostPage,
  scriptedAgent,
}) => {
  const agent = await scriptedAgent();
  const letGo = await holdConfigs(page, { simple_chat1: { accent: 'green', position: 'top-left', title: 'Help' } });
  await page.goto((await hostPage(shopPage({ head, tag: widgetTag(agent.url) }), options)).url);
  await launchersOn(page).click();
  letGo('simple_chat1');
  const chat = chatOn(page, 'Help');
  await expect(chat.composer).toBeFocused();
  const panel = (await chat.panel.boundingBox())!;
  expect(panel.x + panel.width).toBe(page.viewportSize()!.width - 20);
  await expectPageUntouched(page);
});

for (const [name, fault] of [
  ['says nothing', 'silent'],
  ['answers with errors', 'broken'],
] as const) {
  test(`where the server ${name}, the launcher keeps its look, and the panel comes`, async ({
    page,
    hostPage,
    scriptedAgent,
    allowConsoleError,
  }) => {
    allowConsoleError(/status of 500/);
    const agent = await scriptedAgent({ fault });
    await page.goto((await hostPage(shopPage({ head, tag: widgetTag(agent.url) }), options)).url);
    const launcher = launchersOn(page);
    await expect.poll(() => agent.calls).toEqual(['GET /config']);
    await expect(launcher).toHaveCSS('background-color', DEFAULT_BLUE);
    await launcher.click();
    await expect(chatOn(page).composer).toBeFocused();
    await expect(launcher).toHaveCSS('background-color', DEFAULT_BLUE);
    expect(await cornerOf(launcher)).toEqual(bottomRight(page));
    await expectPageUntouched(page);
  });
}

test('launchers of one corner stand beside each other, also when it is their servers that send them there', async ({
  page,
  hostPage,
  scriptedAgent,
}) => {
  const agent = await scriptedAgent();
  const letGo = await holdConfigs(page, {
    one: { position: 'top-left', label: 'Help one' },
    two: { position: 'top-left', label: 'Help two' },
    three: { position: 'bottom-right', label: 'Help three' },
  });
  const tag = ['one', 'two', 'three'].map((name) => widgetTag(agent.url, { agent: name })).join('');
  await page.goto((await hostPage(shopPage({ head, tag }), options)).url);
  await expect(launchersOn(page)).toHaveCount(3);
  const at = async (index: number) => cornerOf(launchersOn(page).nth(index));
  expect([await at(0), await at(1), await at(2)]).toEqual([0, 1, 2].map((index) => bottomRight(page, index)));

  // The last to come is the first to know.
  letGo('three');
  const named = (name: string) => page.getByRole('button', { name: `Help ${name}` });
  await expect(named('three')).toBeVisible();
  letGo('two');
  await expect.poll(() => cornerOf(named('two'))).toEqual([20, 20]);
  await expect.poll(() => cornerOf(named('three'))).toEqual(bottomRight(page, 1));
  letGo('one');
  await expect.poll(() => cornerOf(named('one'))).toEqual([88, 20]);
  await expect.poll(() => cornerOf(named('three'))).toEqual(bottomRight(page));
  await expectPageUntouched(page);
});

test('without any file but the loader, an element of the page that opens the chat is stood in for until it works', async ({
  page,
  hostPage,
  scriptedAgent,
  allowConsoleError,
}) => {
  allowConsoleError(/net::ERR|Failed to fetch dynamically imported module/);
  const agent = await scriptedAgent();
  await page.route(/\/(panel|launchers)-/, (route) => route.abort('failed'));
  const tag = `<button id="ask">Ask us</button>${widgetTag(agent.url, { launcher: '#ask' })}`;
  await page.goto((await hostPage(shopPage({ head, tag }), options)).url);
  await page.getByRole('button', { name: 'Open chat' }).click();
  const retry = page.getByRole('button', { name: 'Chat did not load. Try again.' });
  await expect(retry).toBeVisible();
  await page.unroute(/\/(panel|launchers)-/);
  await retry.click();
  const chat = chatOn(page);
  await expect(chat.composer).toBeFocused();
  await expect(page.locator('salient-chat .launcher')).toHaveCount(0);
  const ask = page.getByRole('button', { name: 'Ask us' });
  await expect(ask).toHaveAttribute('aria-haspopup', 'dialog');
  await ask.click();
  await expect(chat.panel).toBeHidden();
  await ask.click();
  await expect(chat.panel).toBeVisible();
  await expectPageUntouched(page);
});
