import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkPackage, createPackageFromTarballData, type Problem } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { buildApps, packageNames, run, type BuiltApps } from '../support/build-apps.ts';
import { chatOn } from '../support/chat.ts';
import { startFolder } from '../support/start-folder.ts';
import { expect, test } from '../support/test.ts';

// In one worker, which builds the apps once. Compilers and servers at work: the bound is there to end what hangs.
test.describe.configure({ mode: 'default', timeout: 300_000 });

const packageFolderOf = (name: string) => fileURLToPath(new URL(`../../packages/${name}/package`, import.meta.url));

/** What the profile `esm-only` of its command line leaves out. */
const isOfOldModules = (problem: Problem) =>
  'resolutionKind' in problem && /^node(10|16-cjs)$/.test(problem.resolutionKind);

let apps: BuiltApps;

test.beforeAll(async () => {
  apps = await buildApps();
});

test.afterAll(() => apps.remove());

for (const name of packageNames) {
  test(`@salient/${name} is packed as npm and every bundler expect`, async () => {
    const { messages, pkg } = await publint({ pkgDir: packageFolderOf(name), pack: false, strict: true });
    expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
  });

  test(`@salient/${name} has types that every module resolution finds`, async () => {
    const tarball = createPackageFromTarballData(new Uint8Array(await readFile(apps.tarballs[name])));
    const result = await checkPackage(tarball);
    expect(result.types).toBeTruthy();
    // It is ESM only. `require` gets ESM, which Node 20.19 and newer allow; resolution before `exports` is of TypeScript 4.
    const problems = result.types ? result.problems.filter((problem) => !isOfOldModules(problem)) : [];
    expect(problems).toEqual([]);
  });
}

test('the apps compile against the types of what was installed, and mistakes in them are found', async () => {
  const typescript = createRequire(import.meta.url).resolve('typescript/bin/tsc');
  for (const app of ['react-app', 'vue-app'] as const) {
    await run(process.execPath, [typescript, '--project', apps.folderOf(app)], apps.folderOf(app));
  }
});

test('importing on a server is safe, and the components render there', async () => {
  const inReact = `
    await import('@salient/widget');
    await import('@salient/widget/element');
    const { createElement } = await import('react');
    const { renderToString } = await import('react-dom/server');
    const { SalientChat } = await import('@salient/react');
    const render = (mode) => renderToString(createElement(SalientChat, { mode, agent: 'a', className: 'chat' }));
    console.log(render('floating') + '|' + render('inline'));`;
  const inVue = `
    const { createSSRApp } = await import('vue');
    const { renderToString } = await import('vue/server-renderer');
    const { SalientChat } = await import('@salient/vue');
    const render = (mode) => renderToString(createSSRApp(SalientChat, { mode, agent: 'a', class: 'chat' }));
    console.log((await render('floating')) + '|' + (await render('inline')));`;
  const node = (code: string, app: 'react-app' | 'vue-app') =>
    run(process.execPath, ['--input-type=module', '--eval', code], apps.folderOf(app));
  expect(await node(inReact, 'react-app')).toBe('|<div class="chat"></div>\n');
  expect(await node(inVue, 'vue-app')).toBe('<!---->|<div class="chat"></div>\n');
});

for (const app of ['react-app', 'vue-app'] as const) {
  test(`in the ${app} the chat answers, follows its props and leaves nothing behind`, async ({
    page,
    salient,
    allowConsoleError,
  }) => {
    // The page is on another site than its server, which has no https here: the cookie does not come back.
    allowConsoleError(/status of 401/);
    const server = await startFolder(join(apps.folderOf(app), 'dist'));
    try {
      await page.goto(`${server.url}?backend=${encodeURIComponent(salient.url)}`);
      const heard = page.getByRole('status');
      await expect(heard).toHaveText('ready:simple_chat1');
      await page.getByRole('button', { name: 'Ask us' }).click();
      const chat = chatOn(page, 'Shop help');
      await chat.ask('What is your return policy?');
      await expect(chat.log).toContainText('30 days of delivery');
      await expect(heard).toHaveText('ready:simple_chat1 received:complete');

      await page.getByRole('button', { name: 'Rename' }).click();
      await expect(chatOn(page, 'Help desk').log).toContainText('30 days of delivery');
      await page.getByRole('button', { name: 'Take the name away' }).click();
      await expect(chatOn(page, 'Alder & Wren').log).toContainText('30 days of delivery');
      await page.getByRole('button', { name: 'Rename' }).click();
      await expect(chatOn(page, 'Help desk').log).toContainText('30 days of delivery');

      const inline = page.getByRole('region');
      await inline.getByRole('textbox', { name: 'Message' }).fill('How do I reset my password?');
      // Its button lies below the open panel of the other one.
      await page.keyboard.press('Enter');
      await expect(inline.getByRole('log')).toContainText('Forgot password');

      await page.getByRole('button', { name: 'Ask somebody else' }).click();
      await expect(heard).toContainText('ready:simple_chat2');
      await chatOn(page).open();
      await expect(chatOn(page, 'Help desk').log).not.toContainText('30 days of delivery');
      await expect(page.locator('salient-chat')).toHaveCount(2);

      await page.getByRole('button', { name: 'Leave' }).click();
      await expect(page.locator('salient-chat')).toHaveCount(1);
      await expect(inline.getByRole('log')).toContainText('Forgot password');
    } finally {
      await server.stop();
    }
  });
}

test("the package's element draws its launcher, and brings the rest when it is wanted", async ({
  page,
  salient,
  allowConsoleError,
}) => {
  allowConsoleError(/status of 401/);
  const server = await startFolder(join(apps.folderOf('vue-app'), 'dist'));
  try {
    const loaded: string[] = [];
    page.on('request', (request) => loaded.push(request.url()));
    await page.goto(`${server.url}?backend=${encodeURIComponent(salient.url)}#element`);
    const chat = chatOn(page);
    await expect(chat.launcher).toBeVisible();
    const before = loaded.length;
    await chat.open();
    await chat.ask('How do I reset my password?');
    await expect(chat.log).toContainText('Forgot password');
    expect(loaded.slice(before).some((url) => url.startsWith(server.url) && url.endsWith('.js'))).toBe(true);
  } finally {
    await server.stop();
  }
});
