import type { Page, Request } from '@playwright/test';
import { expect, test } from '../support/test.ts';

const agents = [
  { title: 'Alder & Wren', path: 'default_account/agents/simple_chat1', answer: 'Return policy' },
  { title: 'Alder & Wren for Business', path: 'default_account/agents/simple_chat2', answer: 'Bulk discounts' },
  { title: 'Acme Planner Support', path: 'acme/agents/acme_chat1', answer: 'Password reset' },
];

const sessionIdsOn = (page: Page) => page.locator('[data-field="session"]').allTextContents();
const logOf = (page: Page, title: string) => page.getByRole('region', { name: title, exact: true }).getByRole('log');

async function expectOwnAnswersOnly(page: Page) {
  for (const { title, answer } of agents) {
    await expect(logOf(page, title)).toContainText(answer);
    for (const other of agents) {
      if (other.answer !== answer) await expect(logOf(page, title)).not.toContainText(other.answer);
    }
  }
}

test('three agents side by side: three sessions, three histories, separate addresses, also after a reload', async ({
  page,
  salient,
}) => {
  const asked: Request[] = [];
  page.on('request', (request) => request.method() === 'POST' && asked.push(request));
  await page.goto(`${salient.url}/demo/multi-tenant-examples`);
  await page.getByRole('button', { name: 'What can you help me with?' }).click();
  await expectOwnAnswersOnly(page);
  await expect(page.getByText('One visitor, three sessions, three histories, no id in common.')).toBeVisible();

  const sessions = await sessionIdsOn(page);
  expect(new Set(sessions).size).toBe(3);
  for (const id of sessions) expect(id).toMatch(/^[0-9a-f-]{36}$/);
  expect(asked.map((request) => new URL(request.url()).pathname).sort()).toEqual(
    agents.map(({ path }) => `/accounts/${path}/stream`).sort(),
  );
  await expect(page.locator('#readable-cookies')).toHaveText('none');

  await page.reload();
  await expectOwnAnswersOnly(page);
  await expect(page.getByText('One visitor, three sessions, three histories, no id in common.')).toBeVisible();
  expect(await sessionIdsOn(page)).toEqual(sessions);
});

test('what is said to one agent is in the history of that one alone', async ({ page, salient }) => {
  await page.goto(`${salient.url}/demo/multi-tenant-examples`);
  const chat = page.getByRole('region', { name: 'Acme Planner Support' });
  await chat.getByRole('textbox', { name: 'Message' }).fill('For Acme alone: 7e1f');
  await chat.getByRole('button', { name: 'Send' }).click();
  await expect(page.getByText('One visitor, one session, one history.')).toBeVisible();
  const histories = await page.evaluate(
    (paths) => Promise.all(paths.map(async (path) => (await fetch(`/accounts/${path}/history`)).text())),
    agents.map(({ path }) => path),
  );
  expect(histories.map((history) => history.includes('7e1f'))).toEqual([false, false, true]);
});
