import type { FrameLocator, Page } from '@playwright/test';
import { expect, test } from '../support/test.ts';

/** The answer to "How long does shipping take?" of the demo's first agent. */
const answer = /business days/;

async function ask(chat: FrameLocator | Page, text: string) {
  await chat.getByRole('textbox', { name: 'Message' }).fill(text);
  await chat.getByRole('button', { name: 'Send' }).click();
}

test('the chat page in a frame answers, without the bar of the demo', async ({ page, salient }) => {
  await page.goto(`${salient.url}/demo/iframe`);
  const frame = page.frameLocator('#chat-frame');
  await ask(frame, 'How long does shipping take?');
  await expect(frame.getByRole('log')).toContainText(answer);
  await expect(frame.locator('.demo-bar')).toBeHidden();
});

test('another agent can be chosen for the frame, and the snippet is what runs', async ({ page, salient }) => {
  await page.goto(`${salient.url}/demo/iframe`);
  await page.getByLabel('Agent').selectOption({ label: 'Acme Chat 1' });
  await expect(page.frameLocator('#chat-frame').getByText('Acme Planner Support')).toBeVisible();
  const src = await page.locator('#chat-frame').evaluate((frame: HTMLIFrameElement) => frame.src);
  expect(src).toContain('account=acme&agent=acme_chat1');
  await expect(page.locator('#chat-frame-snippet')).toContainText(src.replace('&', '&amp;'));
});

test('the wrapper works written into a page and made by a script, which hears only its frame (V11)', async ({
  page,
  salient,
}) => {
  await page.goto(`${salient.url}/demo/iframe-embed`);
  const still = page.frameLocator('#static-frame');
  await ask(still, 'How long does shipping take?');
  await expect(still.getByRole('log')).toContainText(answer);

  await page.getByRole('button', { name: 'Open the chat' }).click();
  const made = page.locator('iframe[title="Chat, made by a script"]');
  await expect(made.contentFrame().getByRole('textbox', { name: 'Message' })).toBeVisible();
  await expect.poll(() => made.boundingBox()).toMatchObject({ width: 400, height: 640 });
  await expect(page.locator('#frame-messages')).toContainText('salient:open Chat, made by a script');
  await ask(made.contentFrame(), 'Do you offer bulk discounts?');
  await expect(made.contentFrame().getByRole('log')).toContainText('from 10 items');
  await expect(still.getByRole('log')).not.toContainText('from 10 items');

  const title = await page.title();
  await page.evaluate(() => {
    window.postMessage({ type: 'salient:unread', count: 7 }, window.location.origin);
    window.postMessage({ type: 'salient:resize', width: 9, height: 9 }, window.location.origin);
  });
  await page.getByRole('button', { name: 'Remove the chat' }).click();
  await expect(made).toHaveCount(0);
  await expect(page).toHaveTitle(title);
});

test('tag and iframe side by side both answer, and neither shows what is said in the other', async ({
  page,
  salient,
}) => {
  await page.goto(`${salient.url}/demo/embedding-comparison`);
  const frame = page.frameLocator('#compared-frame');
  const tag = page.getByRole('region', { name: 'In a shadow root' });
  await expect(frame.getByRole('textbox', { name: 'Message' })).toBeVisible();
  await expect(page.locator('[data-heard="frame"]')).toContainText('salient:ready');

  await tag.getByRole('textbox', { name: 'Message' }).fill('How long does shipping take?');
  await tag.getByRole('button', { name: 'Send' }).click();
  await expect(tag.getByRole('log')).toContainText(answer);
  await expect(page.locator('[data-heard="tag"]')).toContainText('salient:');
  await expect(frame.getByRole('log')).not.toContainText(answer);

  await ask(frame, 'What is your return policy?');
  await expect(frame.getByRole('log')).toContainText('30 days of delivery');
  await expect(tag.getByRole('log')).not.toContainText('30 days of delivery');
  expect(await page.evaluate(() => document.querySelectorAll('salient-chat').length)).toBe(1);
});
