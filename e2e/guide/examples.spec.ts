import type { Page } from '@playwright/test';
import { chatOn } from '../support/chat.ts';
import { examples, examplesIn, SERVER, SITE, stepsOf } from '../support/guide-examples.ts';
import { runDoctor } from '../support/run-doctor.ts';
import type { RunningSalient } from '../support/start-salient.ts';
import { expect, test } from '../support/test.ts';

const tag = examplesIn('html')[0]?.code ?? '';

/** Opens a page of the guide's site that holds this HTML; the guide's server is the running one. */
async function openSite(page: Page, salient: RunningSalient, body: string, headers: Record<string, string> = {}) {
  await page.route(`${SERVER}/**`, async (route) => {
    const url = new URL(route.request().url());
    await route.fulfill({ response: await route.fetch({ url: `${salient.url}${url.pathname}${url.search}` }) });
  });
  // The wrapper as the guide has it edited: downloaded, with three values changed.
  await page.route(`${SITE}salient-chat.html`, async (route) => {
    const downloaded = await route.fetch({ url: `${salient.url}/iframe-wrapper.html` });
    const edited = (await downloaded.text())
      .replace("account: 'default_account'", "account: 'acme'")
      .replace("agent: 'simple_chat1'", "agent: 'acme_chat1'")
      .replace("backend: ''", `backend: '${SERVER}'`);
    await route.fulfill({ contentType: 'text/html', body: edited });
  });
  await page.route(SITE, (route) =>
    route.fulfill({
      headers: { 'content-type': 'text/html; charset=utf-8', ...headers },
      body: `<!doctype html><html lang="en"><title>My shop</title><link rel="icon" href="data:," /><body>${body}</body></html>`,
    }),
  );
  await page.goto(SITE);
}

/** How many widgets stand on the page, and in the frames on it. */
async function countWidgets(page: Page): Promise<number> {
  const counts = await Promise.all(
    page
      .frames()
      .map((frame) =>
        frame.evaluate(
          () => [...document.querySelectorAll('salient-chat')].filter(({ shadowRoot }) => shadowRoot).length,
        ),
      ),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}

const countOf = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].length;

test.afterEach(async ({ page }) => {
  // Left first: what the page still asks for must not go to the real hosts of those names.
  await page.goto('about:blank');
  await page.unrouteAll({ behavior: 'ignoreErrors' });
});

test('every example is of a kind that is tried here', () => {
  expect([...new Set(examples.map(({ language }) => language))].sort()).toEqual([
    '',
    'css',
    'html',
    'js',
    'sh',
    'yaml',
  ]);
});

for (const [index, { section, code }] of examplesIn('html').entries()) {
  test(`HTML ${index + 1}, "${section}": pasted as it is, it makes its widgets`, async ({ page, salient }) => {
    const needsTag = !/chat-widget\.js|<iframe|salient-frame\.js/.test(code);
    const body = needsTag ? code + tag : code;
    await openSite(page, salient, body);
    const wanted = countOf(body, /chat-widget\.js|<iframe|salient-frame\.js|<salient-chat/g);
    await expect.poll(() => countWidgets(page)).toBe(wanted);
  });
}

test('the button of the guide opens the chat', async ({ page, salient }) => {
  const own = examplesIn('html').find(({ code }) => code.includes("Salient('open')"));
  await openSite(page, salient, (own?.code ?? '') + tag);
  await page.getByRole('button', { name: 'Ask us' }).click();
  await expect(chatOn(page).panel).toBeVisible();
});

test('the configuration object of the guide decides what the tag does not say', async ({ page, salient }) => {
  const own = examplesIn('html').find(({ code }) => code.includes('__SALIENT_WIDGET_CONFIG'));
  await openSite(page, salient, own?.code ?? '');
  const chat = chatOn(page);
  await chat.open();
  await expect(chat.panel.getByRole('button', { name: 'Where is my order?' })).toBeVisible();
});

test('the scripts of the guide run, and hear what they say they hear', async ({ page, salient, allowConsoleError }) => {
  // The guide's page is on another site than its server, whose cookie is refused there at first.
  allowConsoleError(/status of 401/);
  const said: string[] = [];
  page.on('console', (message) => message.type() === 'log' && said.push(message.text()));
  await openSite(page, salient, tag);
  await expect(chatOn(page).launcher).toBeVisible();
  const asked = page.waitForRequest((request) => request.url().endsWith('/stream'));
  for (const { code, section } of examplesIn('js')) {
    if (!section.includes('iframe')) await page.addScriptTag({ content: code });
  }
  const chat = chatOn(page);
  await chat.open();
  await chat.ask('How do I reset my password?');
  expect((await asked).postDataJSON()).toMatchObject({ context: { page: 'Cart', visitor: { name: 'Ada' } } });
  await expect(chat.log).toContainText('Forgot password');
  expect(said).toContain('acme_chat1 How do I reset my password?');
});

test('the scripts of the guide hear a frame and speak to it', async ({ page, salient }) => {
  const frame = examplesIn('html').find(({ code }) => code.includes('<iframe src="/salient-chat.html"'));
  await openSite(page, salient, frame?.code ?? '');
  const inside = page.frameLocator('iframe');
  await expect(inside.getByRole('button', { name: 'Open chat' })).toBeVisible();
  for (const { code, section } of examplesIn('js')) {
    if (section.includes('iframe')) await page.addScriptTag({ content: code });
  }
  await inside.getByRole('button', { name: 'Open chat' }).click();
  await expect(inside.getByRole('textbox', { name: 'Message' })).toHaveValue('Where is my order?');
});

test('the style sheet of the guide restyles the widget', async ({ page, salient }) => {
  await openSite(page, salient, tag);
  await expect(chatOn(page).launcher).toBeVisible();
  await page.addStyleTag({ content: examplesIn('css')[0]?.code ?? '' });
  await expect(chatOn(page).launcher).toHaveCSS('background-color', 'rgb(10, 125, 85)');
});

test.describe('the CSP to paste', () => {
  const policy = /^Content-Security-Policy: (.*)$/m.exec(examplesIn('')[0]?.code ?? '')?.[1] ?? '';
  const strict = "; default-src 'none'; style-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'";
  const headers = (csp: string) => ({ 'Content-Security-Policy': csp + strict });

  test('is enough for a whole chat, with everything else forbidden (R4, R5)', async ({
    page,
    salient,
    allowConsoleError,
  }) => {
    allowConsoleError(/status of 401|data:,/);
    await openSite(page, salient, tag, headers(policy));
    const chat = chatOn(page);
    await chat.open();
    await chat.ask('How do I reset my password?');
    await expect(chat.log).toContainText('Forgot password');
  });

  test('is the least: without any of its entries the chat does not work (R5)', async ({
    page,
    salient,
    allowConsoleError,
  }) => {
    allowConsoleError(/Content Security Policy|violates|Failed to|Salient:/);
    const directives = policy.split('; ');
    expect(directives).toHaveLength(2);
    for (const directive of directives) {
      const less = policy.replace(directive, directive.replace(` ${SERVER}`, ''));
      const refused = page.waitForEvent('console', (message) => /violates/.test(message.text()));
      await openSite(page, salient, tag.replace('></script>', ' data-open="true"></script>'), headers(less));
      await refused;
    }
  });
});

// Those of the section to try it in an empty folder are followed there, step by step: from-nothing.spec.ts.
const followed = new Set(stepsOf('Try it in an empty folder first').flatMap(({ code }) => code));

for (const { section, code } of examplesIn('sh').filter((example) => !followed.has(example.code))) {
  test(`command, "${section}": does what the guide says`, async ({ salient, hostPage }) => {
    if (code.startsWith('curl')) {
      const [, name = '', value = ''] = /-H '([^:]+): ([^']+)'/.exec(code) ?? [];
      const address = /https:\/\/chat\S+/.exec(code)?.[0].replace(SERVER, salient.url) ?? '';
      const response = await fetch(address, { headers: { [name]: value } });
      expect([response.status, response.headers.get('access-control-allow-origin')]).toEqual([200, value]);
    } else {
      const { url } = await hostPage(`<title>Shop</title>${tag.replace(SERVER, salient.url)}`);
      const [pnpm, command, subcommand, ...given] = code.replace(SITE, url).split(' ');
      expect([pnpm, command, subcommand]).toEqual(['pnpm', 'salient', 'doctor']);
      const { code: exitCode, output } = await runDoctor(...given);
      expect(output).toContain('acme/acme_chat1 is “Acme Chat 1”');
      expect(output).not.toContain('✗');
      expect(exitCode).toBe(0);
    }
  });
}
