import { request as ask, createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { checkAttributes } from '../../examples/assets/doctor/check-attributes.js';
import { findInstallations } from '../../examples/assets/doctor/find-installations.js';
import { readElements } from '../../examples/assets/doctor/read-elements.js';
import { widgetTag } from '../support/chat.ts';
import { runDoctor } from '../support/run-doctor.ts';
import { expect, test } from '../support/test.ts';

/** A proxy that passes an answer on only when it has all of it, as nginx does unless it is told otherwise. */
async function startCollectingProxy(target: string) {
  const server = createServer((incoming, outgoing) => {
    const { method, headers, url } = incoming;
    const onward = ask(new URL(url ?? '/', target), { method, headers }, (answer) => {
      const pieces: Buffer[] = [];
      answer.on('data', (piece: Buffer) => pieces.push(piece));
      answer.on('end', () => outgoing.writeHead(answer.statusCode ?? 502, answer.headers).end(Buffer.concat(pieces)));
    });
    incoming.pipe(onward);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, stop: () => server.close() };
}

test('the command finds nothing to mend on a page that does it right, against the real server', async ({
  salient,
  hostPage,
}) => {
  const { url } = await hostPage(widgetTag(salient.url, { account: 'acme', agent: 'acme_chat1' }), {
    headers: { 'Content-Security-Policy': `script-src ${salient.url}; connect-src ${salient.url}` },
  });
  const { code, output } = await runDoctor(url);
  expect(output).toMatch(/✓ agent +acme\/acme_chat1 is “Acme Chat 1”, answering locally/);
  expect(output).not.toContain('✗');
  expect(code).toBe(0);
});

test('the command sees that a proxy collects the answer', async ({ salient, hostPage }) => {
  const proxy = await startCollectingProxy(salient.url);
  const { url } = await hostPage(widgetTag(proxy.url, { account: 'acme', agent: 'acme_chat1' }));
  const { code, output } = await runDoctor(url);
  proxy.stop();
  expect(output).toMatch(/✗ streaming +The answer took \d+ ms on the server and arrived within \d+ ms/);
  expect(code).toBe(1);
});

test('the command says what to do, for people and for machines', async ({ salient, hostPage }) => {
  const { url } = await hostPage(widgetTag(salient.url, { account: 'acme', agent: 'nobody', theme: 'blue' }));
  const people = await runDoctor(url);
  expect(people.output).toContain('-> Agents of acme: acme_chat1, simple_chat2.');
  expect(people.output).toContain('2 to mend');
  const machines = await runDoctor(url, '--json');
  expect(JSON.parse(machines.output)).toContainEqual({
    level: 'error',
    check: 'attributes',
    text: 'data-theme="blue" is not valid.',
    advice: 'It must be auto, light or dark.',
  });
  expect((await runDoctor('no-address')).code).toBe(2);
});

const wrong = {
  mode: 'modal',
  position: 'middle',
  'offset-x': '8px',
  'z-index': '1e9',
  theme: 'blue',
  accent: 'red;}*{',
  dir: 'up',
  open: 'yes',
  streaming: 'maybe',
  copy: '1',
  radius: '16px',
  density: 'tight',
  logo: 'http://www.example.com/logo.png',
  title: ' ',
  starters: '[1]',
};
const right = {
  mode: 'floating',
  position: 'top-left',
  'offset-x': '-8',
  'z-index': '10',
  theme: 'dark',
  accent: 'rgb(10 20 30 / 50%)',
  dir: 'rtl',
  open: 'false',
  streaming: 'auto',
  copy: 'true',
  radius: '8',
  density: 'compact',
  title: 'Hi',
  starters: '[&quot;a&quot;]',
  locale: 'de',
};

test('the doctor and the widget find the same attributes wrong', async ({
  page,
  salient,
  hostPage,
  allowConsoleError,
}) => {
  allowConsoleError(/^Salient: /);
  const reported: string[] = [];
  page.on('console', (message) => reported.push(...(/^Salient: (\w+)=/.exec(message.text())?.slice(1) ?? [])));
  for (const attributes of [right, wrong]) {
    const html = widgetTag(salient.url, attributes);
    const { installations } = findInstallations(readElements(html), 'https://www.example.com/');
    const found = installations.flatMap(checkAttributes).filter(({ level }) => level === 'error');
    const { url } = await hostPage(`<!doctype html><html lang="en"><title>Shop</title>${html}</html>`);
    await page.goto(url);
    await page
      .getByRole('button', { name: /chat|Chat/ })
      .first()
      .hover();
    await expect
      .poll(() => [...new Set(reported)].sort())
      .toEqual(found.map(({ text }) => camelCase(/data-([\w-]+)=/.exec(text)?.[1] ?? '')).sort());
    expect(found).toHaveLength(attributes === wrong ? Object.keys(wrong).length : 0);
  }
});

test('the page examines what is pasted, asks the agent, and sends the page nowhere', async ({ page, salient }) => {
  const sent: string[] = [];
  page.on('request', (request) => sent.push(`${request.method()} ${request.url()} ${request.postData() ?? ''}`));
  await page.goto(`${salient.url}/demo/doctor`);
  const secret = '<!-- internal: 7c2e -->';
  await page
    .getByLabel('The page’s HTML')
    .fill(secret + widgetTag(salient.url, { account: 'acme', agent: 'acme_chat1', theme: 'blue' }));
  await page.getByLabel('Its Content-Security-Policy header').fill("script-src 'self'; connect-src 'none'");
  await page.getByLabel('Its address').fill('https://www.example.com/');
  await page.getByRole('button', { name: 'Examine' }).click();
  await expect(page.getByRole('status').filter({ hasText: '3 to look at.' })).toBeVisible();
  const findings = page.locator('#findings');
  await expect(findings).toContainText('data-theme="blue" is not valid.');
  await expect(findings).toContainText(`does not allow ${salient.url} in script-src`);
  await expect(findings).toContainText('“Acme Chat 1”, answering locally');
  await expect(findings).toContainText(/The answer streams|too short to see/);
  await expect(findings).toContainText('keeps the visitor’s cookie');
  await expect(page.locator('#command')).toHaveText('pnpm salient doctor https://www.example.com/');
  expect(sent.join('\n')).not.toContain('7c2e');
  expect(sent.every((line) => line.split(' ')[1]?.startsWith(salient.url))).toBe(true);
});

test('the page says so when there is no tag, or one for another server', async ({ page, salient }) => {
  await page.goto(`${salient.url}/demo/doctor`);
  await page.getByLabel('The page’s HTML').fill('<p>Hello</p>');
  await page.getByRole('button', { name: 'Examine' }).click();
  await expect(page.locator('#findings')).toContainText('The page has no Salient tag.');
  await page.getByLabel('The page’s HTML').fill(widgetTag('https://elsewhere.example'));
  await page.getByRole('button', { name: 'Examine' }).click();
  await expect(page.locator('#findings')).toContainText('The chat talks to https://elsewhere.example');
});

function camelCase(name: string) {
  return name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}
