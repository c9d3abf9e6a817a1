import { recordMessages } from '../support/record-messages.ts';
import { SALIENT_HOST } from '../support/start-web.ts';
import { expect, test } from '../support/web-test.ts';

const SHOP = 'www.alder.test';
const EVIL = 'www.evil.test';
const CHANNEL = '/iframe-wrapper.html';

test.use({ contextOptions: { ignoreHTTPSErrors: true } });

/** Runs in a hostile frame: everything that a command could look like, and much that it could not. */
function sendHostileMessages({ count, answers }: { count: number; answers: string[] }): number {
  let seed = 7;
  const random = (below: number) => (seed = (seed * 48_271) % 2_147_483_647) % below;
  const pick = <T>(list: readonly T[]) => list[random(list.length)] as T;
  const names = ['open', 'close', 'toggle', 'hide', 'show', 'reset', 'send', 'prefill', 'update', 'destroy', 'on', 'q'];
  const values: unknown[] = [
    undefined,
    null,
    0,
    -1,
    1e9,
    NaN,
    '',
    'hacked',
    '<img src=x onerror=alert(1)>',
    [],
    {},
    true,
  ];
  const types = ['salient:call', 'salient:state', ...answers, '__proto__', 'constructor', '', 'salient', null, 7];
  const make = (): unknown => {
    const value = pick([...values, { accent: 'red', title: 'hacked', backend: location.origin }]);
    return pick<() => unknown>([
      () => ({ type: 'salient:call', call: [pick(names), value] }),
      () => ({ type: pick(types), call: [pick(names)], count: value, width: random(3000), height: random(3000) }),
      () => ({ type: pick(types), width: value, height: value }),
      () => JSON.stringify({ type: 'salient:call', call: [pick(names)] }),
      () => value,
      () => [pick(types), value],
      () => ({ type: 'salient:call', call: { 0: pick(names), length: 1 } }),
      () => new Map([['type', 'salient:call']]),
      () => new Uint8Array(random(64)),
      () => ({ type: { toString: 'salient:call' }, call: [pick(names)] }),
    ])();
  };
  for (let index = 0; index < count; index++) {
    const message = make();
    parent.postMessage(message, '*');
    for (let frame = 0; frame < parent.frames.length; frame++) parent.frames[frame]?.postMessage(message, '*');
  }
  return count;
}

test('10,000 messages of a hostile frame change nothing, and it hears nothing (V11)', async ({ page, openWeb }) => {
  const web = await openWeb({
    hosts: [SHOP, EVIL],
    sites: (url) => ({
      [SHOP]: {
        '/': `<!doctype html><html lang="en"><title>Shop</title><p>Shop</p>
          <iframe data-salient src="${url(SALIENT_HOST)}${CHANNEL}" title="Chat"></iframe>
          <iframe name="evil" src="${url(EVIL)}/" title="Advertisement"></iframe>
          <script src="${url(SALIENT_HOST)}/salient-frame.js"></script>`,
      },
      [EVIL]: { '/': '<!doctype html><title>Evil</title>' },
    }),
  });
  const heard = await recordMessages(page);
  await page.goto(web.url(SHOP));
  const chat = page.frameLocator('iframe[data-salient]');
  await expect(chat.getByRole('button', { name: 'Open chat' })).toBeVisible();
  const frame = page.locator('iframe[data-salient]');
  const evil = page.frame({ name: 'evil' });
  const stateOf = async () => ({
    style: await frame.getAttribute('style'),
    inside: await chat.locator('salient-chat').evaluate(({ shadowRoot }) => shadowRoot?.innerHTML),
    requests: web.requests.length,
  });
  const before = await stateOf();
  const answers = ['open', 'close', 'resize', 'ready', 'unread'].map((name) => `salient:${name}`);
  for (let part = 0; part < 10; part++) await evil?.evaluate(sendHostileMessages, { count: 1_000, answers });

  // Messages keep their order: when the page has this one, it has had all of them.
  await evil?.evaluate(() => parent.postMessage({ type: 'last' }, '*'));
  await expect.poll(async () => (await heard()).filter(({ data }) => data?.type === 'last').length).toBe(1);
  // And the frame of the chat, when it answers its true parent.
  const told = (await heard()).filter(({ origin }) => origin === web.url(SALIENT_HOST)).length;
  await frame.evaluate(
    (element: HTMLIFrameElement, origin) => element.contentWindow?.postMessage({ type: 'salient:state' }, origin),
    web.url(SALIENT_HOST),
  );
  await expect
    .poll(async () => (await heard()).filter(({ origin }) => origin === web.url(SALIENT_HOST)).length)
    .toBeGreaterThan(told);
  expect(await stateOf()).toEqual(before);
  const toldEvil = await evil?.evaluate(() => (window as unknown as { heard: { origin: string }[] }).heard);
  // It heard what it sent itself, to every frame there is.
  expect(new Set(toldEvil?.map(({ origin }) => origin))).toEqual(new Set([web.url(EVIL)]));
});

test('a page that the wrapper does not list is refused, and neither hears nor moves it (V11)', async ({
  page,
  openWeb,
  production,
}) => {
  const wrapper = await (await fetch(production.url + CHANNEL)).text();
  const web = await openWeb({
    hosts: [SHOP, EVIL],
    sites: (url) => {
      const framing = `<!doctype html><html lang="en"><title>Page</title><iframe src="${url(SHOP)}/chat.html" title="Chat"></iframe>`;
      const listed = wrapper
        .replace("backend: ''", `backend: '${url(SALIENT_HOST)}'`)
        .replace('parents = []', `parents = ['${url(SHOP)}']`);
      return { [SHOP]: { '/': framing, '/chat.html': listed }, [EVIL]: { '/': framing } };
    },
  });
  const heard = await recordMessages(page);
  await page.goto(web.url(SHOP));
  await expect(page.frameLocator('iframe').getByRole('button', { name: 'Open chat' })).toBeVisible();
  await expect.poll(async () => (await heard()).map(({ data }) => data.type)).toContain('salient:ready');

  await page.goto(web.url(EVIL));
  await expect(page.frameLocator('iframe').getByRole('alert')).toContainText(`may not be shown on ${web.url(EVIL)}`);
  await page.evaluate(() => frames[0]?.postMessage({ type: 'salient:call', call: ['open'] }, '*'));
  await page.evaluate(() => frames[0]?.postMessage({ type: 'salient:state' }, '*'));
  await expect(page.frameLocator('iframe').locator('salient-chat')).toHaveCount(0);
  expect(await heard()).toEqual([]);
});
