import type { Page } from '@playwright/test';
import { chatOn, widgetTag } from '../support/chat.ts';
import type { startHostPage } from '../support/start-host-page.ts';
import { startScriptedAgent } from '../support/start-scripted-agent.mjs';
import { expect, test } from '../support/test.ts';
import { watchPageScript } from '../support/watch-page.ts';

const paragraph =
  'Some **bold** text with a [link](https://docs.example) in it, long enough to fill a line or two.\n\n';
const table = `| ${'column | '.repeat(12)}\n|${'---|'.repeat(12)}\n| ${'value | '.repeat(12)}\n\n`;
const wideCode = `\`\`\`ts\nconst wide = '${'x'.repeat(200)}';\n\`\`\`\n\n`;
const answer = `First paragraph to be selected, with a [first link](https://docs.example).\n\n${table}${wideCode}${paragraph.repeat(60)}\`\`\`ts\nconst last = 1;\n\`\`\`\n`;
const page = (tag: string) => `<!doctype html><html lang="en"><title>Shop</title><h1>Shop</h1>${tag}</html>`;

/** An answer that stops before a piece, until it is released. */
async function askHeld(tab: Page, hostPage: typeof startHostPage, { rate, piece }: { rate: number; piece: number }) {
  let release = () => {};
  const until = new Promise<void>((resolve) => (release = resolve));
  const pieces = answer.match(/[^]{1,4}/g) ?? [];
  const agent = await startScriptedAgent({ answer: () => ({ pieces, rate, holdAt: { piece, until } }) });
  await tab.goto((await hostPage(page(widgetTag(agent.url)))).url);
  const chat = chatOn(tab);
  await chat.open();
  await chat.ask('Tell me everything');
  return { chat, agent, release };
}

test('what is selected, focused and scrolled in finished blocks stays while the answer goes on (R6)', async ({
  page: tab,
  hostPage,
}) => {
  const { chat, agent, release } = await askHeld(tab, hostPage, { rate: 600, piece: 200 });

  const link = chat.log.getByRole('link', { name: 'first link' });
  const scrollers = [chat.log.locator('.table-scroll'), chat.log.locator('pre').first()];
  const scrolledTo = () => Promise.all(scrollers.map((scroller) => scroller.evaluate((element) => element.scrollLeft)));
  for (const scroller of scrollers) {
    await expect(scroller).toHaveAttribute('tabindex', '0');
    // Not by the keyboard: that scrolls smoothly, and would still be on its way.
    await scroller.evaluate((element) => (element.scrollLeft = 40));
  }
  const scrolled = await scrolledTo();
  expect(scrolled).toEqual([40, 40]);
  await link.focus();
  const before = await chat.log
    .locator('.markdown')
    .last()
    .evaluateHandle((markdown) => {
      const first = markdown.querySelector('p')!;
      const range = document.createRange();
      range.setStart(first.firstChild!, 0);
      range.setEnd(first.firstChild!, 5);
      // Where a shadow root has no selection of its own, the document's reaches into it.
      const selection = document.getSelection()!;
      selection.removeAllRanges();
      selection.addRange(range);
      return { selection, nodes: [...markdown.querySelectorAll('p:first-child, p:first-child *, table, td')] };
    });
  release();
  await expect(chat.panel.getByRole('button', { name: 'Send' })).toBeVisible({ timeout: 60_000 });

  await expect(link).toBeFocused();
  expect(await scrolledTo()).toEqual(scrolled);
  expect(await before.evaluate(({ selection }) => selection.toString())).toBe('First');
  expect(await before.evaluate(({ nodes }) => nodes.filter((node) => !node.isConnected).length)).toBe(0);
  await agent.stop();
});

test('the conversation stays at its end while an answer comes, and lets go when the visitor scrolls up', async ({
  page: tab,
  hostPage,
}) => {
  const { chat, agent, release } = await askHeld(tab, hostPage, { rate: 1200, piece: 700 });
  const fromEnd = () => chat.log.evaluate((log) => Math.round(log.scrollHeight - log.clientHeight - log.scrollTop));
  await expect.poll(() => chat.log.locator('.markdown').last().locator('p').count()).toBeGreaterThan(20);
  await expect.poll(fromEnd).toBeLessThan(2);

  await chat.log.hover();
  await tab.mouse.wheel(0, -600);
  const latest = chat.panel.getByRole('button', { name: /latest/ });
  await expect(latest).toBeVisible();
  const readingAt = await chat.log.evaluate((log) => log.scrollTop);
  release();
  await expect(chat.panel.getByRole('button', { name: 'Send' })).toBeVisible({ timeout: 60_000 });
  expect(await chat.log.evaluate((log) => log.scrollTop)).toBe(readingAt);
  await latest.click();
  await expect.poll(fromEnd).toBeLessThan(2);
  await expect(chat.log.locator('pre').last()).toBeInViewport();
  await agent.stop();
});

test('a line of code that is being coloured moves nothing (R6)', async ({ page: tab, hostPage }) => {
  const code = '```ts\nexport const total = items.map((item) => item.price * 1.25); // with "tax"\n```\n';
  const agent = await startScriptedAgent({
    // The highlighter is there before the line that is watched.
    answer: () => ({ pieces: [`${code}\n`, ...code.split('')], rate: 30 }),
  });
  const files = { '/watch.js': watchPageScript };
  const html = page(`<script src="/watch.js"></script>${widgetTag(agent.url)}`);
  await tab.goto((await hostPage(html, { files })).url);
  const chat = chatOn(tab);
  await chat.open();
  await chat.ask('Show me');
  await expect(chat.log.locator('.code-block').first().locator('.code-keyword').first()).toHaveText('export');
  const shiftsBefore = await tab.evaluate(() => window.pageWatch.faults.length);
  await expect(chat.log.locator('.code-block').last().locator('.code-comment')).toHaveText('// with "tax"');
  await expect(chat.panel.getByRole('button', { name: 'Send' })).toBeVisible();
  const faults = await tab.evaluate(() => window.pageWatch.faults);
  expect(faults.slice(shiftsBefore)).toEqual([]);
  await agent.stop();
});

test('no mark is ever painted on its own, and a whole answer looks as a streamed one (R6)', async ({
  page: tab,
  hostPage,
}) => {
  const markdown = `# Title\n\n${table}- [x] a **b** \`c\`\n- d ~~e~~ [f](https://docs.example)\n\n> g *h*\n\n<u>i</u>\n\n\`\`\`ts\nconst j = 1;\n\`\`\`\n`;
  const agent = await startScriptedAgent({
    config: { greeting: '' },
    history: [
      {
        id: 'a',
        role: 'assistant',
        content: markdown,
        status: 'complete',
        created_at: '2026-11-25T10:00:00Z',
        metadata: {},
      },
    ],
    answer: () => ({ pieces: markdown.split(''), rate: 120 }),
  });
  const { url } = await hostPage(page(widgetTag(agent.url)));
  await tab.goto(url);
  const chat = chatOn(tab);
  await chat.open();
  const answers = chat.log.locator('.markdown');
  await expect(answers.locator('.code-keyword')).toHaveText('const');
  await chat.composer.fill('again');
  await chat.log.evaluate((log) => {
    const painted = new Set<string>();
    Object.assign(window, { painted });
    const look = () => {
      const last = [...log.querySelectorAll('.markdown')][1]?.cloneNode(true) as Element | undefined;
      for (const code of last?.querySelectorAll('pre, .code-header') ?? []) code.remove();
      painted.add(last?.textContent ?? '');
      requestAnimationFrame(look);
    };
    look();
  });
  await chat.composer.press('Enter');
  await expect(chat.log.locator('.code-keyword')).toHaveCount(2, { timeout: 60_000 });
  await expect(chat.panel.getByRole('button', { name: 'Send' })).toBeVisible();

  const painted = await tab.evaluate(() => [...(window as unknown as { painted: Set<string> }).painted]);
  expect(painted.length).toBeGreaterThan(20);
  expect(painted.filter((text) => /[*`|[\]~<>#]|--/.test(text))).toEqual([]);
  expect(await answers.evaluateAll(([whole, streamed]) => streamed?.isEqualNode(whole ?? null))).toBe(true);
  await agent.stop();
});
