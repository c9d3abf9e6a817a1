import { readFile } from 'node:fs/promises';
import { chatOn, widgetTag } from '../support/chat.ts';
import { startScriptedAgent } from '../support/start-scripted-agent.mjs';
import { expect, test } from '../support/test.ts';

const file = new URL('../../packages/shared-types/fixtures/blns/blns.json', import.meta.url);
const strings = (JSON.parse(await readFile(file, 'utf8')) as string[]).filter(
  (text) => text.trim() !== '' && !/[\0\r]|\p{Surrogate}/u.test(text),
);
/** One after another would be five hundred answers to wait for; each still stands in a line of its own. */
const messages = Array.from({ length: Math.ceil(strings.length / 12) }, (_, index) =>
  strings.slice(index * 12, index * 12 + 12).join('\n'),
);
const page = (tag: string) => `<!doctype html><html lang="en"><title>Shop</title><h1>Shop</h1>${tag}</html>`;
/** Code is shown as it is; longer than any fence within. */
const fence = '`'.repeat(12);
const asCode = (text: string) => `${fence}\n${text}\n${fence}`;

test('every naughty string is sent, streamed and shown code point for code point, and keeps to itself (R9)', async ({
  page: tab,
  hostPage,
}) => {
  test.setTimeout(300_000);
  expect(strings.length).toBeGreaterThan(470);
  const received: string[] = [];
  const agent = await startScriptedAgent({
    config: { greeting: '' },
    answer: (question) => {
      received.push(question);
      return { pieces: Array.from(asCode(question)), rate: 20_000 };
    },
  });
  await tab.goto((await hostPage(page(widgetTag(agent.url)))).url);
  const chat = chatOn(tab);
  await chat.open();
  const send = chat.panel.getByRole('button', { name: 'Send' });
  for (const [index, message] of messages.entries()) {
    await chat.composer.fill(message);
    await chat.composer.press('Enter');
    await expect(chat.log.locator('.code-block')).toHaveCount(index + 1);
    await expect(send).toBeVisible();
    expect(await chat.log.locator('.bubble').last().textContent()).toBe(message);
    expect(await chat.log.locator('pre').last().textContent()).toBe(message);
  }
  expect(received).toEqual(messages);
  await agent.stop();
});

test('every naughty string of the history is shown code point for code point, and keeps to itself (R9)', async ({
  page: tab,
  hostPage,
}) => {
  const stored = (role: 'user' | 'assistant') => (content: string, index: number) => ({
    id: `${role}-${index}`,
    role,
    content,
    status: 'complete',
    created_at: '2026-03-02T09:30:00Z',
    metadata: {},
  });
  const history = [...strings.map(stored('user')), ...strings.map(asCode).map(stored('assistant'))];
  const agent = await startScriptedAgent({ config: { greeting: '' }, history, answer: () => ({ pieces: [] }) });
  await tab.goto((await hostPage(page(widgetTag(agent.url)))).url);
  const chat = chatOn(tab);
  await chat.open();
  const bubbles = chat.log.locator('.bubble');
  await expect(bubbles).toHaveCount(strings.length);
  await expect(chat.log.locator('pre')).toHaveCount(strings.length);
  expect(await bubbles.allTextContents()).toEqual(strings);
  expect(await chat.log.locator('pre').allTextContents()).toEqual(strings);
  // An override that is not closed, or a text that runs the other way, must not turn what stands around it.
  const isolation = (elements: Element[]) => [
    ...new Set(elements.map((element) => getComputedStyle(element).unicodeBidi)),
  ];
  expect(await bubbles.evaluateAll(isolation)).toEqual(['isolate']);
  expect(await chat.log.locator('.code-block').evaluateAll(isolation)).toEqual(['isolate']);
  await agent.stop();
});
