import type { Page } from '@playwright/test';
import { chatOn, widgetTag } from '../support/chat.ts';
import { shopPage } from '../support/shop-page.ts';
import { expect, test } from '../support/test.ts';
import { watchPageScript } from '../support/watch-page.ts';

const files = { '/watch.js': watchPageScript };
const watch = '<script src="/watch.js"></script>';

async function expectAnAnswer(page: Page, question: string) {
  const chat = chatOn(page);
  if (!(await chat.panel.isVisible())) await chat.open();
  await chat.ask(question);
  await expect(chat.log).toContainText(question);
  await expect(chat.log.getByText('Hello.')).not.toHaveCount(0);
  await expect(chat.panel.getByRole('button', { name: 'Send' })).toBeVisible();
  await expect(page.locator('salient-chat')).toHaveCount(1);
  expect((await page.evaluate(() => window.pageWatch)).faults).toEqual([]);
}

/** What Turbo, htmx boosting and the like do when a link is followed; scripts of the new body run. */
const navigations: Record<string, (tag: string) => void> = {
  'the body is replaced': () => {
    document.body.replaceWith(Object.assign(document.createElement('body'), { innerHTML: '<h1>Next</h1>' }));
  },
  'the body is replaced by one with the tag in it': (tag) => {
    const body = Object.assign(document.createElement('body'), { innerHTML: '<h1>Next</h1>' });
    body.append(document.createRange().createContextualFragment(tag));
    document.body.replaceWith(body);
  },
  'head and body are replaced': (tag) => {
    document.head.replaceWith(document.createElement('head'));
    const body = Object.assign(document.createElement('body'), { innerHTML: '<h1>Next</h1>' });
    body.append(document.createRange().createContextualFragment(tag));
    document.body.replaceWith(body);
  },
};

for (const [name, navigate] of Object.entries(navigations)) {
  test(`the conversation goes on when ${name} (R8)`, async ({ page, hostPage, scriptedAgent }) => {
    const agent = await scriptedAgent();
    const tag = widgetTag(agent.url);
    await page.goto((await hostPage(shopPage({ head: watch, tag }), { files })).url);
    await expectAnAnswer(page, 'Before?');
    await page.evaluate(navigate, tag);
    await expect(page.getByRole('heading', { name: 'Next' })).toBeVisible();
    await expect(chatOn(page).log).toContainText('Before?');
    await expectAnAnswer(page, 'After?');
  });
}

test('when the whole document is emptied the widget goes with it, and a new tag brings it back (R8)', async ({
  page,
  hostPage,
  scriptedAgent,
}) => {
  const agent = await scriptedAgent();
  await page.goto((await hostPage(shopPage({ head: watch, tag: widgetTag(agent.url) }), { files })).url);
  await expectAnAnswer(page, 'Before?');
  await page.evaluate((tag) => {
    document.documentElement.innerHTML = '<head></head><body><h1>Next</h1></body>';
    document.body.append(document.createRange().createContextualFragment(tag));
  }, widgetTag(agent.url));
  await expectAnAnswer(page, 'After?');
});

test('a tag that is inserted long after the page has loaded works (R8)', async ({ page, hostPage, scriptedAgent }) => {
  const agent = await scriptedAgent();
  await page.goto((await hostPage(shopPage({ head: watch }), { files })).url);
  await page.waitForLoadState('networkidle');
  await page.evaluate((src) => {
    document.head.append(Object.assign(document.createElement('script'), { src }));
  }, `${agent.url}/chat-widget.js`);
  await expectAnAnswer(page, 'Late?');
});

test('the same tag twice makes one widget (R8)', async ({ page, hostPage, scriptedAgent }) => {
  const agent = await scriptedAgent();
  const tag = widgetTag(agent.url);
  await page.goto((await hostPage(shopPage({ head: watch + tag, tag: tag + tag }), { files })).url);
  await expectAnAnswer(page, 'Once?');
  await expect(chatOn(page).log.getByText('Hello.', { exact: true })).toHaveCount(1);
});

test('two widgets in one corner stand beside each other and do not share a word (R8)', async ({
  page,
  hostPage,
  scriptedAgent,
}) => {
  const agent = await scriptedAgent();
  const tags = ['one', 'two'].map((name) => widgetTag(agent.url, { agent: name, title: name, accent: 'teal' }));
  await page.goto((await hostPage(shopPage({ head: watch, tag: tags.join('') }), { files })).url);
  const launchers = page.getByRole('button', { name: 'Open chat' });
  await expect(launchers).toHaveCount(2);
  const boxes = (await Promise.all([launchers.nth(0).boundingBox(), launchers.nth(1).boundingBox()])).map(
    (box) => box!,
  );
  expect(Math.abs(boxes[0]!.x - boxes[1]!.x)).toBeGreaterThanOrEqual(boxes[0]!.width);
  expect(boxes[0]!.y).toBe(boxes[1]!.y);

  // Which of the two it is does not matter.
  await launchers.first().click();
  const first = page.getByRole('dialog');
  const [name, other] = (await first.getByRole('heading').textContent()) === 'one' ? ['one', 'two'] : ['two', 'one'];
  await first.getByRole('textbox').fill(`Only for ${name}`);
  await first.getByRole('button', { name: 'Send' }).click();
  await expect(first.getByRole('log')).toContainText('Hello.');
  await launchers.click();
  const second = page.getByRole('dialog', { name: other });
  await expect(second).toBeVisible();
  await expect(second).not.toContainText(`Only for ${name}`);
  expect((await page.evaluate(() => window.pageWatch)).faults).toEqual([]);
});
