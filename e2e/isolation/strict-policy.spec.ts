import { chatOn, widgetTag } from '../support/chat.ts';
import { shopPage } from '../support/shop-page.ts';
import { strictPolicy, type WidgetDirective } from '../support/strict-policy.ts';
import { expect, test } from '../support/test.ts';
import { watchPageScript } from '../support/watch-page.ts';

/** A page without anything inline, as such a policy demands. */
const page = (tag: string) =>
  shopPage({ head: '<script src="/watch.js"></script>', tag }).replace('<style></style>', '');
const options = (policy: string) => ({
  headers: { 'Content-Security-Policy': policy },
  files: { '/watch.js': watchPageScript },
});

test('the whole chat runs under a strict CSP with Trusted Types, without a violation (R4, R5)', async ({
  page: tab,
  salient,
  hostPage,
  allowConsoleError,
}) => {
  allowConsoleError(/status of 401/);
  const { url } = await hostPage(page(widgetTag(salient.url)), options(strictPolicy(salient.url)));
  await tab.goto(url);
  const chat = chatOn(tab);
  await chat.open();
  await chat.ask('How do I embed Salient on my site?');
  await expect(chat.log.locator('pre')).toContainText('chat-widget.js');
  await chat.ask('<img src=x onerror=alert(1)>');
  await expect(chat.log).toContainText('onerror=alert(1)');
  await expect(chat.log.locator('img')).toHaveCount(0);
  const { faults } = await tab.evaluate(() => window.pageWatch);
  // Half a line of code may move by a few pixels when its colours become clear; that is not what this is about.
  expect(faults.filter((fault) => !fault.startsWith('layout shift'))).toEqual([]);
});

const consequences: Record<WidgetDirective, string> = {
  'script-src': 'it does not start',
  'connect-src': 'it starts and says that the chat cannot be reached',
};

for (const directive of Object.keys(consequences) as WidgetDirective[]) {
  test(`the documented policy is the least: without its origin in ${directive}, ${consequences[directive]} (R5)`, async ({
    page: tab,
    salient,
    hostPage,
    allowConsoleError,
  }) => {
    allowConsoleError(/Content Security Policy/);
    const { url } = await hostPage(page(widgetTag(salient.url)), options(strictPolicy(salient.url, directive)));
    await tab.goto(url);
    const readViolations = async () => (await tab.evaluate(() => window.pageWatch)).faults;
    await expect.poll(readViolations).toContainEqual(expect.stringContaining(`violates ${directive}`));
    const chat = chatOn(tab);
    if (directive === 'script-src') await expect(tab.locator('salient-chat')).toHaveCount(0);
    else {
      await chat.open();
      await chat.ask('Hello?');
      await expect(chat.panel).toContainText('cannot be reached');
    }
    // The browser reports what it has refused; nothing of ours throws on top of that.
    for (const fault of await readViolations()) expect(fault).toMatch(/^violates/);
  });
}
