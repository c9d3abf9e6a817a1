import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { chatOn, widgetTag } from '../support/chat.ts';
import { startScriptedAgent } from '../support/start-scripted-agent.mjs';
import { expect, test } from '../support/test.ts';

const payloads = await readPayloads();
const beacon = 'https://beacon.example/x';
const beacons = [
  `![a](${beacon})`,
  `![a][b]\n\n[b]: ${beacon}`,
  `[![a](${beacon})](${beacon})`,
  `<img src="${beacon}">`,
  `<img srcset="${beacon} 2x" src="data:image/gif;base64,R0lGOD">`,
  `<picture><source srcset="${beacon}"><img></picture>`,
  `<video src="${beacon}" poster="${beacon}" autoplay></video>`,
  `<audio src="${beacon}" autoplay></audio>`,
  `<link rel="stylesheet" href="${beacon}">`,
  `<link rel="preload" as="image" href="${beacon}"><link rel="dns-prefetch" href="${beacon}">`,
  `<style>@import "${beacon}"; * { background: url(${beacon}) }</style>`,
  `<div style="background: url(${beacon})">x</div>`,
  `<svg><image href="${beacon}"/><use href="${beacon}#a"/></svg>`,
  `<iframe src="${beacon}"></iframe>`,
  `<object data="${beacon}"></object><embed src="${beacon}">`,
  `<input type="image" src="${beacon}">`,
  `<table background="${beacon}"><tr><td background="${beacon}">x</td></tr></table>`,
  `<meta http-equiv="refresh" content="0;url=${beacon}">`,
  `<base href="${beacon}">`,
  `<a href="${beacon}" ping="${beacon}">x</a>`,
  `<math><mtext><img src="${beacon}"></mtext></math>`,
  `<template shadowrootmode="open"><img src="${beacon}"></template>`,
  `<body background="${beacon}">`,
];
const everything = [...payloads, ...beacons].join('\n\n');

const strictPolicy = (url: string) =>
  [
    "default-src 'none'",
    `script-src ${url}`,
    `connect-src ${url}`,
    "style-src 'self'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');

// A page without a policy, on which everything that may load would; and the strictest, which reports every attempt.
for (const [kind, policyOf] of [
  ['without a policy', undefined],
  ['under a strict policy', strictPolicy],
] as const) {
  test(`text of visitors and models, stored and arriving in small pieces, runs nothing and calls nobody ${kind} (R1, R2, R4)`, async ({
    page,
    context,
    hostPage,
  }) => {
    test.setTimeout(180_000);
    const agent = await startScriptedAgent({
      config: { greeting: '' },
      history: payloads.flatMap((payload, index) => [
        storedMessage(`q${index}`, 'user', payload),
        storedMessage(`a${index}`, 'assistant', payload),
      ]),
      answer: () => ({ pieces: piecesOf(everything, 3), rate: 3000 }),
    });
    const { url } = await hostPage(
      `<!doctype html><html lang="en"><title>Bank</title><h1>Bank</h1>${widgetTag(agent.url)}</html>`,
      policyOf && { headers: { 'Content-Security-Policy': policyOf(agent.url) } },
    );
    const seen = await watch(page);
    await page.goto(url);
    const chat = chatOn(page);
    await chat.open();
    await expect(chat.log.locator('.message.assistant')).toHaveCount(payloads.length, { timeout: 60_000 });
    await chat.ask(everything);
    await expect(chat.panel.getByRole('button', { name: 'Send' })).toBeVisible({ timeout: 120_000 });
    await expect(chat.log.locator('.message.assistant')).toHaveCount(payloads.length + 1);
    // DOMPurify has come and judged: what is shown is not merely the text of tags.
    expect(agent.countRequests('.js')).toBeGreaterThan(3);
    await expect(chat.log.locator('.message.assistant').last().locator('td', { hasText: 'x' })).toBeVisible();
    await page.waitForTimeout(500);

    expect(seen.dialogs).toEqual([]);
    expect(await violationsOf(page)).toEqual([]);
    const allowed = new Set([new URL(url).origin, agent.url]);
    expect(seen.requests.filter((request) => !allowed.has(new URL(request).origin))).toEqual([]);
    expect(context.pages()).toHaveLength(1);
    expect(page.url()).toBe(url);
    await agent.stop();
  });
}

test('raw HTML and coloured code are drawn under a strict policy as on any page (R4)', async ({ page, hostPage }) => {
  const markdown = 'Press <kbd>Ctrl</kbd>, see <a href="https://docs.example">docs</a>.\n\n```ts\nconst a = 1;\n```\n';
  const agent = await startScriptedAgent({ answer: () => ({ pieces: piecesOf(markdown, 1) }) });
  const { url } = await hostPage(`<!doctype html><html lang="en"><title>Bank</title>${widgetTag(agent.url)}</html>`, {
    headers: { 'Content-Security-Policy': strictPolicy(agent.url) },
  });
  await watch(page);
  await page.goto(url);
  const chat = chatOn(page);
  await chat.open();
  await chat.ask('Show me');
  await expect(chat.log.locator('kbd')).toHaveText('Ctrl');
  await expect(chat.log.locator('a')).toHaveAttribute('rel', 'noopener noreferrer nofollow ugc');
  await expect(chat.log.locator('pre .code-keyword')).toHaveText('const');
  expect(await violationsOf(page)).toEqual([]);
  await agent.stop();
});

async function readPayloads(): Promise<string[]> {
  const folder = new URL('../../packages/widget/fixtures/corpora/xss-quick/', import.meta.url);
  const names = ['RSNAKE_XSS.txt', 'xss_payloads_quick.txt'];
  const texts = await Promise.all(names.map((name) => readFile(new URL(name, folder), 'utf8')));
  return texts
    .join('\n')
    .split('\n')
    .filter((line) => line.trim());
}

function storedMessage(id: string, role: string, content: string) {
  return { id, role, content, status: 'complete', created_at: '2026-11-25T10:00:00.000Z', metadata: {} };
}

function piecesOf(text: string, length: number): string[] {
  return text.match(new RegExp(`[^]{1,${length}}`, 'g')) ?? [];
}

/** Notes what the page must not do. Call it before the page is opened. */
async function watch(page: Page) {
  const dialogs: string[] = [];
  const requests: string[] = [];
  page.on('dialog', (dialog) => {
    dialogs.push(dialog.message());
    void dialog.dismiss();
  });
  page.on('request', (request) => {
    if (/^https?:/.test(request.url())) requests.push(request.url());
  });
  await page.addInitScript(() => {
    const violations: string[] = [];
    Object.assign(window, { violations });
    document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sample }) =>
      violations.push(`${violatedDirective} ${blockedURI} ${sample}`),
    );
  });
  return { dialogs, requests };
}

function violationsOf(page: Page): Promise<string[]> {
  return page.evaluate(() => (window as unknown as { violations: string[] }).violations);
}
