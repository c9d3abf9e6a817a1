import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from '@playwright/test';
import { chatOn, widgetTag } from '../support/chat.ts';
import { expectSamePixels } from '../support/expect-same-pixels.ts';
import { shopPage } from '../support/shop-page.ts';
import { expect, test } from '../support/test.ts';

const require = createRequire(import.meta.url);
const sheetOf = (file: string) => readFileSync(require.resolve(file), 'utf8');

const sheets: Record<string, string> = {
  Bootstrap: sheetOf('bootstrap/dist/css/bootstrap.min.css'),
  'Tailwind preflight': sheetOf('tailwindcss/preflight.css'),
  'every declaration unset': '*{all:unset!important}',
  'everything in the page hidden': 'body,body *,html>:not(head){display:none!important}',
  'every div hidden': 'div{display:none!important}',
  'every button turned': 'button{transform:rotate(20deg)!important;text-transform:uppercase;letter-spacing:3px}',
  'a small root font': 'html{font-size:62.5%}',
  'a huge red font': '*{font-size:40px!important;color:red!important;line-height:3!important}',
  'a transform on body': 'body{transform:translateX(40px) rotate(3deg)}',
  'a transform on html': 'html{transform:translate(40px,-30px)}',
  'a filter, a perspective and containment on html': 'html{perspective:1px;contain:paint;will-change:transform}',
  'a body that runs from right to left': 'body{direction:rtl;text-align:right}',
  'all at once': `*{all:unset!important} div{display:none!important} button{transform:rotate(20deg)!important}
    html{font-size:62.5%!important} body{transform:translateX(40px)!important}`,
};

const answer = `Yes, **38 countries**:

| To | Days |
| --- | ---: |
| Norway | 4 |

- by post
- by \`courier\`

\`\`\`js
ship({ to: 'NO' });
\`\`\`

See [our page](https://example.com/shipping).`;

/** The corner with the launcher, then the half of the window that the panel stands in: where it should be, not where it is. */
async function photograph(page: Page, url: string): Promise<Buffer[]> {
  await page.clock.setFixedTime('2026-03-02T09:30:00Z');
  await page.goto(url);
  const chat = chatOn(page);
  await expect(page.locator('salient-chat .launcher')).toBeVisible();
  const closed = await page.screenshot({ animations: 'disabled', clip: { x: 1180, y: 620, width: 100, height: 100 } });
  await chat.open();
  await chat.ask('Do you ship internationally?');
  await expect(chat.panel.getByRole('link', { name: /our page/ })).toBeVisible();
  await expect(chat.panel.getByRole('button', { name: 'Send' })).toBeVisible();
  await page.mouse.move(5, 700);
  // What the page itself shows beside and behind the panel is not the widget's.
  await page.evaluate(() => document.body.style.setProperty('visibility', 'hidden', 'important'));
  const open = await page.screenshot({ animations: 'disabled', clip: { x: 800, y: 0, width: 480, height: 720 } });
  return [closed, open];
}

/** Of the page without any sheet; one picture serves all comparisons of a worker. */
let plain: Buffer[] | undefined;

test.describe('a sheet of the page changes no pixel of the widget (R8)', () => {
  for (const [name, css] of Object.entries(sheets)) {
    test(name, async ({ page, context, hostPage, scriptedAgent }) => {
      const agent = await scriptedAgent({ answer: { pieces: [answer] } });
      const tag = widgetTag(agent.url);
      plain ??= await photograph(page, (await hostPage(shopPage({ tag }))).url);
      const dressed = await photograph(page, (await hostPage(shopPage({ css, tag }))).url);
      for (const [index, part] of ['launcher', 'panel'].entries()) {
        await expectSamePixels(context, part, plain[index]!, dressed[index]!);
      }
    });
  }

  test('where the page hides itself whole, the widget is hidden with it, without an error', async ({
    page,
    hostPage,
    scriptedAgent,
  }) => {
    const agent = await scriptedAgent();
    const css = '*{all:unset!important;display:none!important}';
    await page.goto((await hostPage(shopPage({ css, tag: widgetTag(agent.url) }))).url);
    await expect(page.locator('salient-chat')).toBeAttached();
    await expect(page.locator('salient-chat .launcher')).toBeHidden();
  });
});
