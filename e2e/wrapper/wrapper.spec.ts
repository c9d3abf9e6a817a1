import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FrameLocator, Page } from '@playwright/test';
import { recordMessages } from '../support/record-messages.ts';
import { SALIENT_HOST, type Web } from '../support/start-web.ts';
import { expect, test as base } from '../support/web-test.ts';

const ALDER = 'www.alder.test';
const BIRCH = 'www.birch.test';
const wrapperFile = fileURLToPath(new URL('../../packages/widget/dist/iframe-wrapper.html', import.meta.url));

const test = base.extend<{
  /** Pages of two customers. The first has the wrapper, edited as the guide says, as `/salient-chat.html`. */
  openCustomers: (bodies: (url: (host: string) => string) => Record<string, string>) => Promise<Web>;
}>({
  // The certificate is made for the run.
  contextOptions: { ignoreHTTPSErrors: true },
  openCustomers: async ({ openWeb }, use) => {
    const wrapper = await readFile(wrapperFile, 'utf8');
    await use((bodies) =>
      openWeb({
        hosts: [ALDER, BIRCH],
        sites: (url) => {
          const pages = Object.fromEntries(
            Object.entries(bodies(url)).map(([path, body]) => [
              path,
              `<!doctype html><html lang="en"><title>Shop</title><style>body{background:rgb(0,128,0)}</style>${body}`,
            ]),
          );
          const edited = wrapper
            .replace("account: 'default_account'", "account: 'acme'")
            .replace("agent: 'simple_chat1'", "agent: 'acme_chat1'")
            .replace("backend: ''", `backend: '${url(SALIENT_HOST)}'`);
          return { [ALDER]: { ...pages, '/salient-chat.html': edited, '/unedited.html': wrapper }, [BIRCH]: pages };
        },
      }),
    );
  },
});

const frameTag = (src: string, attributes = '') =>
  `<iframe src="${src}" title="Chat" width="420" height="640" ${attributes}></iframe>`;

/** Opens the chat of a wrapper, asks and waits for the answer. */
async function chatIn(frame: Page | FrameLocator, question: string, answer: string): Promise<void> {
  await frame.getByRole('button', { name: 'Open chat' }).click();
  await frame.getByRole('textbox', { name: 'Message' }).fill(question);
  await frame.getByRole('button', { name: 'Send' }).click();
  await expect(frame.getByRole('log')).toContainText(answer);
}

test('alone, it is a page with the chat of its default agent, or of the one its address names', async ({
  page,
  openCustomers,
}) => {
  const web = await openCustomers(() => ({}));
  const wrapper = `${web.url(SALIENT_HOST)}/iframe-wrapper.html`;
  await page.goto(wrapper);
  await chatIn(page, 'What is your return policy?', '30 days of delivery');
  await page.goto(`${wrapper}?account=acme&agent=acme_chat1&backend=${web.url(SALIENT_HOST)}`);
  await chatIn(page, 'How do I reset my password?', 'Forgot');
  await page.goto(`${wrapper}?account=acme&agent=acme_chat1&mode=page`);
  await expect(page.getByRole('log')).toContainText('Forgot');
});

test('loads the very same chat-widget.js, under every address it has', async ({ page, production, openCustomers }) => {
  const web = await openCustomers(() => ({}));
  const { version } = (await (await fetch(`${production.url}/integrity.json`)).json()) as { version: string };
  for (const folder of ['', '/v1', `/w/${version}`]) {
    const [script] = await Promise.all([
      page.waitForResponse(/chat-widget\.js$/),
      page.goto(`${web.url(SALIENT_HOST)}${folder}/iframe-wrapper.html`),
    ]);
    expect(script.url()).toBe(`${web.url(SALIENT_HOST)}${folder}/chat-widget.js`);
    await expect(page.getByRole('button', { name: 'Open chat' })).toBeVisible();
  }
});

test('a copy edited as the guide says works on another site, also inside a third one', async ({
  page,
  openCustomers,
}) => {
  const web = await openCustomers((url) => ({ '/': frameTag(`${url(ALDER)}/salient-chat.html`) }));
  for (const host of [ALDER, BIRCH]) {
    await page.goto(web.url(host));
    const frame = page.frameLocator('iframe');
    await chatIn(frame, 'How do I reset my password?', 'Forgot');
    await page.reload();
    await frame.getByRole('button', { name: 'Open chat' }).click();
    await expect(frame.getByRole('log')).toContainText('Forgot');
  }
});

for (const [sandbox, origin] of [
  ['allow-scripts allow-same-origin allow-forms allow-popups', 'its own'],
  ['allow-scripts allow-forms allow-popups', 'null'],
] as const) {
  test(`works with sandbox="${sandbox}", and tells its parent as ${origin} (V3)`, async ({ page, openCustomers }) => {
    const web = await openCustomers((url) => ({
      '/': frameTag(`${url(SALIENT_HOST)}/iframe-wrapper.html`, `sandbox="${sandbox}"`),
      '/own': frameTag('/salient-chat.html', `sandbox="${sandbox}"`),
    }));
    const heard = await recordMessages(page);
    await page.goto(web.url(ALDER));
    await chatIn(page.frameLocator('iframe'), 'What is your return policy?', '30 days of delivery');
    const expected = origin === 'null' ? 'null' : web.url(SALIENT_HOST);
    expect(new Set((await heard()).map((message) => message.origin))).toEqual(new Set([expected]));
    await page.goto(`${web.url(ALDER)}/own`);
    await chatIn(page.frameLocator('iframe'), 'How do I reset my password?', 'Forgot');
  });
}

test('tells its parent what happens, and does what it is asked', async ({ page, openCustomers }) => {
  const web = await openCustomers((url) => ({ '/': frameTag(`${url(SALIENT_HOST)}/iframe-wrapper.html`) }));
  const heard = await recordMessages(page);
  await page.goto(web.url(BIRCH));
  const frame = page.frameLocator('iframe');
  await expect(frame.getByRole('button', { name: 'Open chat' })).toBeVisible();
  const say = (message: object) =>
    page.evaluate(([data, origin]) => document.querySelector('iframe')?.contentWindow?.postMessage(data, origin), [
      message,
      web.url(SALIENT_HOST),
    ] as const);
  await say({ type: 'salient:call', call: ['open'] });
  await expect(frame.getByRole('dialog')).toBeVisible();
  await say({ type: 'salient:call', call: ['prefill', 'What is your return policy?'] });
  await expect(frame.getByRole('textbox', { name: 'Message' })).toHaveValue('What is your return policy?');
  // The question leaves when the chat is closed, so that its answer cannot be seen while it comes.
  let release = () => {};
  const isClosed = new Promise<void>((resolve) => (release = resolve));
  await page.route('**/stream', async (route) => {
    await isClosed;
    await route.continue();
  });
  await frame.getByRole('button', { name: 'Send' }).click();
  await say({ type: 'salient:call', call: ['close'] });
  await expect(frame.getByRole('dialog')).toBeHidden();
  release();
  await expect
    .poll(async () => (await heard()).map(({ data }) => data))
    .toContainEqual({ type: 'salient:unread', count: 1 });
  const messages = await heard();
  expect(new Set(messages.map(({ origin }) => origin))).toEqual(new Set([web.url(SALIENT_HOST)]));
  expect(messages.map(({ data }) => data)).toEqual([
    { type: 'salient:ready', account: 'default_account', agent: 'simple_chat1' },
    { type: 'salient:resize', width: 96, height: 96 },
    { type: 'salient:open' },
    { type: 'salient:resize', width: 400, height: 640 },
    { type: 'salient:close' },
    { type: 'salient:resize', width: 96, height: 96 },
    { type: 'salient:unread', count: 1 },
  ]);
  await say({ type: 'salient:state' });
  await expect
    .poll(async () => (await heard()).slice(messages.length).map(({ data }) => data.type))
    .toEqual(['salient:ready', 'salient:close', 'salient:resize', 'salient:unread']);
});

test('is transparent', async ({ page, openCustomers }) => {
  const web = await openCustomers((url) => ({ '/': frameTag(`${url(SALIENT_HOST)}/iframe-wrapper.html`) }));
  await page.goto(web.url(ALDER));
  await expect(page.frameLocator('iframe').getByRole('button', { name: 'Open chat' })).toBeVisible();
  const box = (await page.locator('iframe').boundingBox()) ?? { x: 0, y: 0 };
  const corner = await page.screenshot({ clip: { x: box.x + 20, y: box.y + 20, width: 1, height: 1 } });
  const around = await page.screenshot({ clip: { x: box.x + 500, y: box.y + 20, width: 1, height: 1 } });
  expect(corner.equals(around)).toBe(true);
});

test('refuses what an address should not be able to say, in words, and asks nobody for it', async ({
  page,
  openCustomers,
  allowConsoleError,
}) => {
  allowConsoleError(/ERR_ABORTED/);
  const web = await openCustomers(() => ({}));
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  for (const [query, reason] of [
    ['?acount=acme', '"acount" is not known'],
    ['?account=acme&theme=dark', '"theme" is not known'],
    ['?account=../acme', '"account" must be 1 to 64 letters'],
    ['?agent=%3Cscript%3E', '"agent" must be 1 to 64 letters'],
    ['?agent=', '"agent" must be 1 to 64 letters'],
    ['?agent=a&agent=b', '"agent" stands twice'],
    ['?mode=inline', '"mode" must be floating or page'],
    ['?backend=https://evil.test', 'The backend https://evil.test is not allowed'],
    [`?backend=https://${SALIENT_HOST}`, 'is not allowed'],
    ['?backend=//evil.test', '"backend" must be an address'],
    ['?backend=javascript:alert(1)', '"backend" must be an address'],
    ['?backend=data:text/javascript,alert(1)//', '"backend" must be an address'],
    [`?backend=https://user@${SALIENT_HOST}`, '"backend" must be an address'],
  ] as const) {
    asked.length = 0;
    for (const address of [`${web.url(SALIENT_HOST)}/iframe-wrapper.html`, `${web.url(ALDER)}/unedited.html`]) {
      await page.goto(address + query);
      await expect(page.getByRole('alert')).toContainText(reason);
    }
    expect(asked.filter((url) => !/\.html\?/.test(url) && !url.endsWith('/favicon.ico'))).toEqual([]);
  }
});

test('takes from its address another backend that its own list names', async ({ page, openWeb }) => {
  const wrapper = await readFile(wrapperFile, 'utf8');
  const web = await openWeb({
    hosts: [ALDER],
    sites: (url) => ({
      [ALDER]: { '/chat.html': wrapper.replace('backends = []', `backends = ['${url(SALIENT_HOST)}/']`) },
    }),
  });
  await page.goto(`${web.url(ALDER)}/chat.html?backend=${web.url(SALIENT_HOST)}&account=acme&agent=acme_chat1`);
  await chatIn(page, 'How do I reset my password?', 'Forgot');
});

test('unedited, is driven by the address that a page of its own site gives it, and by no other', async ({
  page,
  openCustomers,
}) => {
  const web = await openCustomers((url) => {
    const src = `${url(ALDER)}/unedited.html?account=acme&agent=acme_chat1&backend=${url(SALIENT_HOST)}`;
    return { '/': frameTag(src), '/around.html': frameTag(`${url(ALDER)}/`) };
  });
  await page.goto(web.url(ALDER));
  await chatIn(page.frameLocator('iframe'), 'How do I reset my password?', 'Forgot');

  // Another site may frame the file, or a page that frames it: it could lead the frame in there elsewhere.
  await page.goto(web.url(BIRCH));
  await expect(page.frameLocator('iframe').getByRole('alert')).toContainText('is not allowed');
  await page.goto(`${web.url(BIRCH)}/around.html`);
  const inner = page.frameLocator('iframe').frameLocator('iframe');
  await expect(inner.getByRole('alert')).toContainText('is not allowed');
});

test('says so where its server cannot be reached', async ({ page, openWeb, allowConsoleError }) => {
  allowConsoleError(/status of 404/);
  const wrapper = await readFile(wrapperFile, 'utf8');
  const web = await openWeb({ hosts: [ALDER], sites: () => ({ [ALDER]: { '/chat.html': wrapper } }) });
  await page.goto(`${web.url(ALDER)}/chat.html`);
  await expect(page.getByRole('alert')).toContainText(`The chat could not be loaded from ${web.url(ALDER)}`);
});

test('is shown where its agent may be used, and nowhere else (V10)', async ({
  page,
  production,
  openCustomers,
  allowConsoleError,
}) => {
  allowConsoleError(/frame-ancestors|ERR_BLOCKED_BY_RESPONSE/);
  const address = '/iframe-wrapper.html?account=default_account&agent=simple_chat2';
  const web = await openCustomers((url) => ({ '/': frameTag(url(SALIENT_HOST) + address) }));
  const configFile = join(production.agentsFolder, 'default_account/simple_chat2/config.yaml');
  const config = await readFile(configFile, 'utf8');
  await writeFile(configFile, config.replace('allowed_origins: []', `allowed_origins: ['${web.url(ALDER)}']`));
  const policy = async () => (await fetch(production.url + address)).headers.get('Content-Security-Policy');
  await expect.poll(policy).toContain(`frame-ancestors 'self' ${web.url(ALDER)}`);

  await page.goto(web.url(ALDER));
  await chatIn(page.frameLocator('iframe'), 'What payment methods do you accept?', 'Visa');
  await page.goto(web.url(BIRCH));
  await expect.poll(() => page.frames().map((frame) => frame.url())).toContain('chrome-error://chromewebdata/');
  await writeFile(configFile, config);
});
