import { chatOn, widgetTag } from '../support/chat.ts';
import { startScriptedAgent } from '../support/start-scripted-agent.mjs';
import { expect, test } from '../support/test.ts';

const shop = (agentUrl: string) =>
  `<!doctype html><html lang="en"><title>Shop</title><h1>Shop</h1>${widgetTag(agentUrl)}</html>`;

test('each file comes when it is needed, and not before', async ({ page, context, hostPage }) => {
  const agent = await startScriptedAgent({
    answer: (question) => ({ pieces: [question === 'code' ? '```ts\nconst a = 1;\n```' : 'Plain **bold**.'] }),
  });
  const { url } = await hostPage(shop(agent.url));
  const files: string[] = [];
  page.on('request', (request) => {
    const name = /\/(chat-widget|[a-z-]+?)(?:-[\w-]{6,8})?\.js$/.exec(new URL(request.url()).pathname)?.[1];
    if (name) files.push(name);
  });
  await page.goto(url);
  const chat = chatOn(page);
  await expect(chat.launcher).toBeVisible();
  await page.waitForLoadState('networkidle');
  expect(files).toEqual(['chat-widget']);
  expect(agent.countRequests('/config')).toBe(1);
  expect(await context.cookies()).toEqual([]);
  expect(await page.evaluate(() => localStorage.length + sessionStorage.length)).toBe(0);

  await chat.launcher.hover();
  await expect.poll(() => files).toEqual(['chat-widget', 'panel']);
  await chat.open();
  await expect(chat.composer).toBeFocused();
  await expect(chat.log).toContainText('Hello!');
  await page.waitForLoadState('networkidle');
  expect(files).toEqual(['chat-widget', 'panel']);
  await chat.log.hover();
  await expect.poll(() => files).toEqual(['chat-widget', 'panel', 'conversation']);

  await chat.composer.press('H');
  await expect.poll(() => files).toEqual(['chat-widget', 'panel', 'conversation', 'answer-reader']);
  await chat.ask('text');
  await expect(chat.log.locator('strong')).toHaveText('bold');
  expect(files).toEqual(['chat-widget', 'panel', 'conversation', 'answer-reader']);
  await chat.ask('code');
  await expect(chat.log.locator('.code-keyword')).toHaveText('const');
  expect(files).toEqual(['chat-widget', 'panel', 'conversation', 'answer-reader', 'highlight-code']);
  await agent.stop();
});

test('where the agent wishes it, the panel comes when the page is idle, and nothing is stored for that', async ({
  page,
  context,
  hostPage,
}) => {
  const agent = await startScriptedAgent({ config: { preload: 'idle' }, answer: () => ({ pieces: ['Hello.'] }) });
  const { url } = await hostPage(`<!doctype html><html lang="en"><title>Shop</title>${widgetTag(agent.url)}</html>`);
  const panel = page.waitForRequest('**/panel-*.js');
  await page.goto(url);
  await panel;
  await page.waitForLoadState('networkidle');
  await expect(chatOn(page).panel).toHaveCount(0);
  expect(agent.countRequests('/history')).toBe(0);
  expect(await context.cookies()).toEqual([]);
  expect(await page.evaluate(() => localStorage.length + sessionStorage.length)).toBe(0);
  await agent.stop();
});

test('an answer can be read when its reader cannot be had', async ({ page, hostPage, allowConsoleError }) => {
  allowConsoleError(/ERR_FAILED/);
  const agent = await startScriptedAgent({ answer: () => ({ pieces: ['Some **bold', '** text.'] }) });
  const { url } = await hostPage(shop(agent.url));
  await page.route('**/answer-reader-*', (route) => route.abort('failed'));
  await page.goto(url);
  const chat = chatOn(page);
  await chat.open();
  await chat.ask('text');
  await expect(chat.log).toContainText('Some **bold** text.');
  await agent.stop();
});

test('a message is kept, and a press sends it, when what a conversation needs could not be had', async ({
  page,
  hostPage,
  allowConsoleError,
}) => {
  allowConsoleError(/ERR_FAILED/);
  const questions: string[] = [];
  const agent = await startScriptedAgent({
    answer: (question) => (questions.push(question), { pieces: ['Some **bold** text.'] }),
  });
  const { url } = await hostPage(shop(agent.url));
  await page.route('**/conversation-*', (route) => route.abort('failed'));
  await page.goto(url);
  const chat = chatOn(page);
  await chat.open();
  await chat.ask('Anybody there?');
  await expect(chat.log).toContainText('You: Anybody there?');
  await expect(chat.log).toContainText('The chat cannot be reached right now.');
  expect(questions).toEqual([]);
  await page.unroute('**/conversation-*');
  await chat.log.getByRole('button', { name: 'Retry' }).click();
  await expect(chat.log.locator('strong')).toHaveText('bold');
  expect(questions).toEqual(['Anybody there?']);
  await agent.stop();
});
