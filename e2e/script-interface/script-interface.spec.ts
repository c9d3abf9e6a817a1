import type { Page } from '@playwright/test';
import { chatOn, widgetTag } from '../support/chat.ts';
import { expect, test } from '../support/test.ts';

const stub =
  '<script>window.Salient = window.Salient || function () { (Salient.q = Salient.q || []).push(arguments); };</script>';
const page = (body: string) => `<!doctype html><html lang="en"><title>Shop</title>${stub}${body}</html>`;

/** `Salient(...)` on the page. */
async function salient(tab: Page, ...call: unknown[]) {
  await tab.evaluate((args) => (window as unknown as { Salient(...args: unknown[]): void }).Salient(...args), call);
}

test.beforeEach(({ allowConsoleError }) => allowConsoleError(/status of 401/));

test('every command works, before the file has come and after', async ({ page: tab, salient: { url }, hostPage }) => {
  const early =
    "<script>Salient('prefill', 'Typed before'); Salient('context', { page: 'Cart' }); Salient('open');</script>";
  await tab.goto((await hostPage(page(early + widgetTag(url)))).url);
  const { panel, launcher, composer, log } = chatOn(tab);
  await expect(composer).toHaveValue('Typed before');
  await salient(tab, 'close');
  await expect(panel).toBeHidden();
  await salient(tab, 'toggle');
  await expect(panel).toBeVisible();
  await salient(tab, 'toggle');
  await salient(tab, 'hide');
  await expect(launcher).toBeHidden();
  await salient(tab, 'show');
  await expect(launcher).toBeVisible();

  await salient(tab, 'identify', { user_id: 'u-1', name: 'Ada', email: 'ada@shop.example', token: 'secret-proof' });
  const asked = tab.waitForRequest((request) => request.url().endsWith('/stream'));
  await salient(tab, 'send', 'What is your return policy?');
  const visitor = { user_id: 'u-1', name: 'Ada', email: 'ada@shop.example' };
  const body = (await asked).postDataJSON() as Record<string, unknown>;
  expect(body).toMatchObject({ message: 'What is your return policy?', context: { page: 'Cart', visitor } });
  expect(JSON.stringify(body)).not.toContain('secret-proof');
  await expect(log).toContainText('within 30 days of delivery');

  await salient(tab, 'update', { title: 'Help desk', theme: 'dark', locale: 'en-GB' });
  await expect(tab.getByRole('dialog', { name: 'Help desk' })).toBeVisible();
  await salient(tab, 'reset');
  await expect(log).not.toContainText('within 30 days of delivery');
  await salient(tab, 'destroy');
  await expect(tab.locator('salient-chat')).toHaveCount(0);
});

test('every event is told to listeners, to the window and, on request, to the data layer', async ({
  page: tab,
  salient: { url },
  hostPage,
  allowConsoleError,
}) => {
  allowConsoleError(/status of 403/);
  const names = [
    'ready',
    'open',
    'close',
    'message:sent',
    'message:received',
    'stream:start',
    'stream:end',
    'unread',
    'error',
  ];
  const listen = `<script>
    window.heard = { listener: [], window: [] };
    for (const name of ${JSON.stringify(names)}) {
      Salient('on', name, (detail) => heard.listener.push([name, detail.account, detail.agent]));
      addEventListener('salient:' + name, ({ detail }) => heard.window.push([name, detail.account, detail.agent]));
    }
  </script>`;
  await tab.goto((await hostPage(page(listen + widgetTag(url, { 'data-layer': 'true' })))).url);
  const chat = chatOn(tab);
  await chat.open();
  await chat.composer.fill('What is your return policy?');
  await tab.evaluate(() => addEventListener('salient:message:sent', () => window.Salient!('close'), { once: true }));
  await chat.composer.press('Enter');
  await expect(tab).toHaveTitle('(1) Shop');
  await chat.open();
  await tab.route('**/feedback', (route) => route.fulfill({ status: 403, body: '{}' }));
  await tab.route('**/stream', (route) => route.fulfill({ status: 403, body: '{}' }));
  await chat.ask('Refused');
  await expect(chat.panel.getByRole('button', { name: 'Retry' })).toBeVisible({ timeout: 60_000 });

  const heard = await tab.evaluate(() => window.heard);
  const expected = names.map((name) => [name, 'default_account', 'simple_chat1']);
  for (const one of expected) {
    expect(heard.listener, `${one[0]} to a listener`).toContainEqual(one);
    expect(heard.window, `${one[0]} on the window`).toContainEqual(one);
  }
  const layer = (await tab.evaluate(() => window.dataLayer)) as { event: string }[];
  expect(new Set(layer.map(({ event }) => event))).toEqual(new Set(names.map((name) => `salient:${name}`)));
  expect(JSON.stringify(layer)).not.toContain('return policy');
});

test('a call reaches the one widget that it names', async ({ page: tab, salient: { url }, hostPage }) => {
  const tags = [
    widgetTag(url, { account: 'default_account', agent: 'simple_chat2', title: 'Office' }),
    widgetTag(url, { account: 'acme', agent: 'acme_chat1', title: 'Planner', position: 'bottom-left' }),
  ];
  await tab.goto((await hostPage(page(tags.join('')))).url);
  await expect(tab.getByRole('button', { name: 'Open chat' })).toHaveCount(2);
  await salient(tab, 'open', { account: 'acme', agent: 'acme_chat1' });
  await expect(tab.getByRole('dialog', { name: 'Planner' })).toBeVisible();
  await expect(tab.getByRole('dialog', { name: 'Office' })).toBeHidden();
  await salient(tab, 'destroy', { agent: 'acme_chat1' });
  await expect(tab.locator('salient-chat')).toHaveCount(1);
});

test('the element takes the same options as attributes, and follows them', async ({
  page: tab,
  salient: { url },
  hostPage,
}) => {
  const element = '<salient-chat account="acme" agent="acme_chat1" title="Planner" theme="light" open></salient-chat>';
  await tab.goto(
    (await hostPage(page(element + `<script async src="${url}/chat-widget.js" data-agent="simple_chat2"></script>`)))
      .url,
  );
  const planner = tab.getByRole('dialog', { name: 'Planner' });
  await expect(planner).toBeVisible();
  await tab.locator('salient-chat[agent=acme_chat1]').evaluate((chat) => {
    chat.setAttribute('title', 'Planner help');
    chat.setAttribute('theme', 'dark');
  });
  await expect(tab.getByRole('dialog', { name: 'Planner help' })).toHaveCSS('background-color', 'rgb(28, 29, 33)');
  await tab.locator('salient-chat[agent=acme_chat1]').evaluate((chat) => chat.removeAttribute('title'));
  await expect(tab.getByRole('dialog', { name: 'Acme Planner Support' })).toBeVisible();
});

test('elements of the page open the chat in place of the round button, by mouse and by keyboard', async ({
  page: tab,
  salient: { url },
  hostPage,
}) => {
  const launchers = '<a class="ask" href="/contact">Contact</a> <div class="ask">Ask us</div>';
  await tab.goto((await hostPage(page(launchers + widgetTag(url, { launcher: '.ask' })))).url);
  const { panel, composer } = chatOn(tab);
  const link = tab.getByRole('link', { name: 'Contact' });
  const ask = tab.getByRole('button', { name: 'Ask us' });
  await expect(ask).toHaveAttribute('aria-expanded', 'false');
  await expect(tab.getByRole('button', { name: 'Open chat' })).toHaveCount(0);
  await link.click();
  await expect(composer).toBeFocused();
  await expect(ask).toHaveAttribute('aria-expanded', 'true');
  await panel.getByRole('button', { name: 'Close chat' }).click();
  await expect(link).toBeFocused();
  await ask.focus();
  await tab.keyboard.press('Enter');
  await expect(composer).toBeFocused();
  await tab.keyboard.press('Escape');
  await expect(ask).toBeFocused();
  expect(new URL(tab.url()).pathname).toBe('/');
});

test('each wrong attribute is reported once by its name, and its default counts', async ({
  page: tab,
  salient: { url },
  hostPage,
  allowConsoleError,
}) => {
  allowConsoleError(/^Salient: /);
  const reported: string[] = [];
  tab.on('console', (message) => {
    if (message.text().startsWith('Salient: ')) reported.push(message.text());
  });
  const wrong = {
    'offset-x': '5em',
    theme: 'blue',
    accent: 'not-a-color',
    starters: '[1]',
    radius: '-3',
    agent: '../x',
    open: 'yes',
  };
  await tab.goto((await hostPage(page(widgetTag(url, wrong)))).url);
  await chatOn(tab).open();
  const text = (name: string, value: string) => `Salient: ${name}="${value}" is not valid`;
  expect(reported.toSorted()).toEqual(
    [
      text('offsetX', '5em'),
      text('theme', 'blue'),
      text('accent', 'not-a-color'),
      text('radius', '-3'),
      text('agent', '../x'),
      text('open', 'yes'),
      'Salient: starters="[1]" is not valid',
    ].toSorted(),
  );
  await expect(chatOn(tab).panel).toHaveCSS('border-radius', '16px');
});

declare global {
  interface Window {
    heard: Record<'listener' | 'window', [string, string, string][]>;
    dataLayer?: object[];
    Salient?: (...call: unknown[]) => void;
  }
}
