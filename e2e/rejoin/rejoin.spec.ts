import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { chatOn } from '../support/chat.ts';
import { startSalient, type RunningSalient } from '../support/start-salient.ts';
import { expect, test } from '../support/test.ts';

let slow: RunningSalient;
let folder: string;

/** A server that answers so slowly that a visitor can leave in between. */
test.beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'salient-e2e-config-'));
  const file = path.join(folder, 'app.yaml');
  await writeFile(file, 'llm: { local_words_per_second: 8 }\n');
  slow = await startSalient({ env: { SALIENT_CONFIG: file } });
});

test.afterAll(async () => {
  await slow.stop();
  await rm(folder, { recursive: true, force: true });
});

const whole = /Our return policy: you can return almost anything .* your order\s+number is enough\. \[1\]/s;

test('a reload in the middle of an answer goes on where it was (S1, S17)', async ({ page }) => {
  await page.goto(`${slow.url}/demo/widget`);
  const chat = chatOn(page);
  await chat.open();
  await chat.ask('What is your return policy?');
  await expect(chat.log).toContainText('you can return');
  await page.reload();
  // Nobody has to open it.
  await expect(chat.log).toContainText(whole, { timeout: 30_000 });
  await expect(chat.log.getByText('What is your return policy?')).toHaveCount(1);
});

test('a lost connection is made again, and the answer is whole (S17)', async ({ page, context, allowConsoleError }) => {
  allowConsoleError(/ERR_INTERNET_DISCONNECTED|ERR_NETWORK|net::/);
  await page.goto(`${slow.url}/demo/widget`);
  const chat = chatOn(page);
  await chat.open();
  await chat.ask('What is your return policy?');
  await expect(chat.log).toContainText('you can return');
  await context.setOffline(true);
  await page.waitForTimeout(1500);
  await context.setOffline(false);
  await expect(chat.log).toContainText(whole, { timeout: 30_000 });
});

test('a page that slept through its answer shows it when it wakes (S17)', async ({
  page,
  context,
  allowConsoleError,
}) => {
  allowConsoleError(/ERR_INTERNET_DISCONNECTED|ERR_NETWORK|net::/);
  await page.goto(`${slow.url}/demo/widget`);
  const chat = chatOn(page);
  await chat.open();
  await chat.ask('What is your return policy?');
  await expect(chat.log).toContainText('you can return');
  const machine = await context.newCDPSession(page);
  // As when a laptop is closed: the network goes, and no script runs.
  await context.setOffline(true);
  await machine.send('Page.setWebLifecycleState', { state: 'frozen' });
  await wait(10_000);
  await machine.send('Page.setWebLifecycleState', { state: 'active' });
  await context.setOffline(false);
  await expect(chat.log).toContainText(whole, { timeout: 30_000 });
  await expect(chat.log.getByText('What is your return policy?')).toHaveCount(1);
});

test('Stop ends the answer and keeps what came (S6)', async ({ page }) => {
  await page.goto(`${slow.url}/demo/widget`);
  const chat = chatOn(page);
  await chat.open();
  await chat.ask('What is your return policy?');
  await expect(chat.log).toContainText('you can return');
  await chat.panel.getByRole('button', { name: 'Stop' }).click();
  await expect(chat.panel.getByRole('button', { name: 'Send' })).toBeVisible();
  await page.reload();
  await chat.open();
  await expect(chat.log).toContainText('you can return');
  await expect(chat.log).not.toContainText('number is enough');
});
