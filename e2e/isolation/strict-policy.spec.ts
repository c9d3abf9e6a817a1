import { chatOn, widgetTag } from '../support/chat.ts';
import { expect, test } from '../support/test.ts';

test('the whole chat runs under a strict CSP with Trusted Types, without a violation (R4, R5)', async ({
  page,
  salient,
  hostPage,
  allowConsoleError,
}) => {
  allowConsoleError(/status of 401/);
  const policy = [
    "default-src 'none'",
    `script-src ${salient.url}`,
    `connect-src ${salient.url}`,
    "style-src 'self'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');
  const { url } = await hostPage(
    `<!doctype html><html lang="en"><title>Bank</title><h1>Bank</h1>${widgetTag(salient.url)}</html>`,
    { headers: { 'Content-Security-Policy': policy } },
  );
  await page.addInitScript(() => {
    const seen: string[] = [];
    Object.assign(window, { violations: seen });
    document.addEventListener('securitypolicyviolation', (event) => seen.push(event.violatedDirective));
  });
  await page.goto(url);
  const chat = chatOn(page);
  await chat.open();
  await chat.ask('How do I embed Salient on my site?');
  await expect(chat.log.locator('pre')).toContainText('chat-widget.js');
  await chat.ask('<img src=x onerror=alert(1)> **hi** [link](javascript:alert(1))');
  await expect(chat.log).toContainText('onerror=alert(1)');
  await expect(chat.log.locator('img')).toHaveCount(0);
  expect(await page.evaluate(() => (window as unknown as { violations: string[] }).violations)).toEqual([]);
});

test('hostile styles of the page do not reach the widget (R8)', async ({ page, salient, hostPage }) => {
  const { url } = await hostPage(
    `<!doctype html><html lang="en"><title>Hostile</title><style>
      *{all:unset!important} div{display:none!important} button{transform:rotate(20deg)!important}
      html{font-size:62.5%!important} body{transform:translateX(40px)}
    </style><p>Text</p>${widgetTag(salient.url)}</html>`,
  );
  await page.goto(url);
  const chat = chatOn(page);
  const viewport = page.viewportSize() ?? { width: 0, height: 0 };
  await expect
    .poll(() => chat.launcher.boundingBox())
    .toMatchObject({ width: 56, height: 56, x: viewport.width - 76, y: viewport.height - 76 });
  await chat.open();
  const fontSize = await chat.composer.evaluate((element) => getComputedStyle(element).fontSize);
  expect(Number.parseFloat(fontSize)).toBeGreaterThanOrEqual(14);
});
