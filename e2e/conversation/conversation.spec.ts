import { chatOn, widgetTag } from '../support/chat.ts';
import { startConfigured } from '../support/start-configured.ts';
import type { RunningSalient } from '../support/start-salient.ts';
import { expect, test } from '../support/test.ts';

let shop: RunningSalient;
const flags = 'feature_flags: { enable_feedback: true }';

test.beforeAll(async () => {
  test.setTimeout(120_000);
  shop = await startConfigured({
    agents: {
      plain: flags,
      short: 'context_management: { history_limit: 4 }',
      careful: 'widget: { consent: { text: We keep this chat for 30 days., link: "https://shop.example/privacy" } }',
      teasing: 'widget: { teaser: Can I help? }',
      wordy:
        'widget: { texts: { limit_message: Easy now., budget_message: Mail us instead., note: Ask a human too. } }',
    },
  });
});
test.afterAll(() => shop.stop());
test.beforeEach(({ allowConsoleError }) => {
  // Another site's cookie is not sent back over plain http; the widget asks for a token instead.
  allowConsoleError(/status of 401/);
});

const pageWith = (agent: string, more = {}) =>
  `<!doctype html><html lang="en"><title>Shop</title><h1>Shop</h1>${widgetTag(shop.url, { account: 'shop', agent, ...more })}</html>`;
const answered = (chat: ReturnType<typeof chatOn>) =>
  expect(chat.panel.getByRole('button', { name: 'Send' })).toBeVisible();

test('the last answer is given again, and the last question asked in other words', async ({ page, hostPage }) => {
  await page.goto((await hostPage(pageWith('plain'))).url);
  const chat = chatOn(page);
  await chat.open();
  await chat.ask('Tell me of delivries');
  await answered(chat);
  await chat.panel.getByRole('button', { name: 'Answer again' }).click();
  await answered(chat);
  await expect(chat.log.getByText('Tell me of delivries')).toHaveCount(1);

  await chat.log.getByText('Tell me of delivries').hover();
  await chat.panel.getByRole('button', { name: 'Edit question' }).click();
  await expect(chat.composer).toBeFocused();
  await expect(chat.composer).toHaveValue('Tell me of delivries');
  await chat.composer.fill('Tell me of deliveries');
  await chat.composer.press('Enter');
  await expect(chat.log).toContainText('First the parcel is packed.');
  await expect(chat.log.getByText('Tell me of delivries')).toHaveCount(0);

  await page.reload();
  await chat.open();
  await expect(chat.log).toContainText('First the parcel is packed.');
  await expect(chat.log.locator('.message.user')).toHaveText([/Tell me of deliveries/]);
});

test('an answer is rated with a comment, and the server keeps both', async ({ page, hostPage }) => {
  await page.goto((await hostPage(pageWith('plain'))).url);
  const chat = chatOn(page);
  await chat.open();
  await chat.ask('deliveries');
  await chat.panel.getByRole('button', { name: 'Bad answer' }).click();
  await chat.panel.getByRole('textbox', { name: 'What went wrong?' }).fill('Too long.');
  const sent = page.waitForRequest(
    (request) => request.url().endsWith('/feedback') && request.postData()!.includes('Too'),
  );
  await chat.panel.getByRole('button', { name: 'Send comment' }).click();
  const response = await (await sent).response();
  expect(await response?.json()).toMatchObject({ feedback: { rating: 'down', comment: 'Too long.' } });
  await expect(chat.panel.getByText('Thank you for your comment.').first()).toBeVisible();
  await page.reload();
  await chat.open();
  await expect(chat.panel.getByRole('button', { name: 'Bad answer' })).toHaveAttribute('aria-pressed', 'true');
});

test('an answer is copied as Markdown, also where the page may not use the clipboard', async ({
  page,
  context,
  hostPage,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const { url } = await hostPage(pageWith('plain'));
  for (const isBlocked of [false, true]) {
    if (isBlocked) await page.addInitScript(() => Object.defineProperty(navigator, 'clipboard', { value: undefined }));
    await page.goto(url);
    const chat = chatOn(page);
    await chat.open();
    if (!isBlocked) await chat.ask('deliveries');
    await chat.panel.getByRole('button', { name: 'Copy answer' }).click();
    await expect(chat.panel.locator('.confirmation')).toHaveText('Copied');
    await chat.composer.focus();
    await page.keyboard.press('Control+v');
    await expect(chat.composer).toHaveValue(/First the parcel is packed\. .*\[1\]/s);
    await chat.composer.fill('');
  }
});

test('consent is asked once before the first message, and goes along with it', async ({ page, hostPage }) => {
  const bodies: { message: string; client_message_id: string; consent?: string }[] = [];
  page.on('request', (request) => {
    if (request.url().endsWith('/stream')) bodies.push(request.postDataJSON() as (typeof bodies)[number]);
  });
  await page.goto((await hostPage(pageWith('careful'))).url);
  const chat = chatOn(page);
  await chat.open();
  await chat.ask('deliveries');
  const question = chat.panel.getByRole('alertdialog');
  await expect(question).toContainText('We keep this chat for 30 days.');
  await expect(question.getByRole('link', { name: 'Read more' })).toHaveAttribute(
    'href',
    'https://shop.example/privacy',
  );
  await question.getByRole('button', { name: 'Cancel' }).click();
  await expect(chat.composer).toHaveValue('deliveries');
  expect(bodies).toEqual([]);
  await chat.composer.press('Enter');
  await question.getByRole('button', { name: 'Agree and send' }).click();
  await expect(chat.log).toContainText('First the parcel is packed.');
  await page.reload();
  await chat.open();
  await chat.ask('deliveries again');
  await expect(chat.log.locator('.message.assistant .actions')).toHaveCount(2);
  // The first one is sent again where the browser keeps the cookie back; it stays one message.
  const agreed = new Map(bodies.map((body) => [body.client_message_id, body.consent]));
  expect([...agreed.values()]).toEqual(['We keep this chat for 30 days.', undefined]);
  await expect(question).toHaveCount(0);
});

test('the teaser shows until the visitor reacts, and nothing is stored before', async ({ page, hostPage }) => {
  await page.goto((await hostPage(pageWith('teasing'))).url);
  const teaser = page.getByRole('button', { name: 'Can I help?' });
  await expect(teaser).toBeVisible();
  expect(await page.evaluate(() => localStorage.length + sessionStorage.length)).toBe(0);
  await page.reload();
  await teaser.click();
  await expect(chatOn(page).composer).toBeFocused();
  await expect(teaser).toBeHidden();
  await page.reload();
  await expect(chatOn(page).launcher).toBeVisible();
  await page.waitForLoadState('networkidle');
  await expect(teaser).toBeHidden();
});

test('a draft is there after a reload, in its own tab and the next', async ({ page, hostPage, context }) => {
  const { url } = await hostPage(pageWith('plain'));
  await page.goto(url);
  const chat = chatOn(page);
  await chat.open();
  await chat.composer.fill('half a thou');
  await page.reload();
  await chat.open();
  await expect(chat.composer).toHaveValue('half a thou');
  const other = await context.newPage();
  await other.goto(url);
  await chatOn(other).open();
  await expect(chatOn(other).composer).toHaveValue('half a thou');
});

test('what was said before comes by scrolling up, and what is read stays in its place', async ({ page, hostPage }) => {
  await page.goto((await hostPage(pageWith('short'))).url);
  const chat = chatOn(page);
  await chat.open();
  for (const number of [1, 2, 3, 4, 5]) {
    await chat.ask(`deliveries ${number}`);
    await expect(chat.log.locator('.message.assistant .actions')).toHaveCount(number);
  }
  let bringEarlier = () => {};
  const isWanted = new Promise<void>((resolve) => (bringEarlier = resolve));
  await page.route('**/history?*before=*', (route) => isWanted.then(() => route.continue()));
  await page.reload();
  await chat.open();
  await expect(chat.log).toContainText('deliveries 5');
  const read = chat.log.getByText('deliveries 4');
  const earlier = page.waitForRequest('**/history?*before=*');
  await chat.log.evaluate((log) => log.scrollTo(0, 0));
  await earlier;
  const before = (await read.boundingBox())!.y;
  // Where a row begins is only known in whole pixels.
  const movedBy = async () => Math.abs((await read.boundingBox())!.y - before);
  bringEarlier();
  await expect(chat.log).toContainText('deliveries 3');
  await expect.poll(movedBy).toBeLessThan(2);
  await chat.log.evaluate((log) => log.scrollBy(0, -60));
  await expect.poll(movedBy).toBeGreaterThan(58);
  await expect
    .poll(async () => {
      await chat.log.evaluate((log) => log.scrollTo(0, 0));
      return chat.log.locator('.message.user').count();
    })
    .toBe(5);
  await chat.panel.getByRole('button', { name: 'Jump to latest' }).click();
  await expect(chat.log.getByText('deliveries 5')).toBeInViewport();
});

test('limits and budgets speak in the words of the owner', async ({ page, hostPage, allowConsoleError }) => {
  allowConsoleError(/status of 4(29|02)/);
  const { url } = await hostPage(pageWith('wordy'));
  await page.goto(url);
  const chat = chatOn(page);
  await chat.open();
  await expect(chat.panel.getByText('Ask a human too.')).toBeVisible();
  const refuse = (status: number, code: string) =>
    page.route('**/stream', (route) =>
      route.fulfill({
        status,
        json: { error: 'No', detail: 'No.', code, request_id: 'r' },
        headers: {
          'access-control-allow-origin': url.slice(0, -1),
          'access-control-allow-credentials': 'true',
          'access-control-expose-headers': 'Retry-After',
          'retry-after': '30',
        },
      }),
    );
  await refuse(429, 'RATE_LIMIT_EXCEEDED');
  await chat.ask('deliveries');
  await expect(chat.log).toContainText('Not sent. Easy now.');
  await expect(chat.panel.getByRole('button', { name: /Retry in \d+ s/ })).toBeDisabled();
  await page.unroute('**/stream');
  await refuse(402, 'BUDGET_EXCEEDED');
  await chat.ask('deliveries');
  await expect(chat.log).toContainText('Not sent. Mail us instead.');
});

test('an answer that comes while nobody looks is counted in the title, until it is read', async ({
  page,
  hostPage,
}) => {
  await page.goto((await hostPage(pageWith('plain'))).url);
  const chat = chatOn(page);
  await chat.open();
  await chat.composer.fill('deliveries');
  await page.evaluate(() => {
    addEventListener(
      'salient:message:sent',
      () => (window as unknown as { Salient(command: string): void }).Salient('close'),
      { once: true },
    );
  });
  await chat.composer.press('Enter');
  await expect(page).toHaveTitle('(1) Shop');
  await expect(chat.launcher).toHaveAccessibleDescription('1 unread answer');
  await chat.open();
  await expect(page).toHaveTitle('Shop');
});
