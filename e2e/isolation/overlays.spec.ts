import { chatOn, widgetTag } from '../support/chat.ts';
import { shopPage } from '../support/shop-page.ts';
import { expect, test } from '../support/test.ts';

const dialog = '<dialog><p>Cookies?</p><button id="yes">Yes</button></dialog>';
const openDialog = () => document.querySelector('dialog')!.showModal();

test.describe('while a modal dialog of the page is open (R8)', () => {
  for (const late of [false, true]) {
    test(`the widget lies behind it like the rest of the page${late ? ', also one that comes later' : ''}`, async ({
      page,
      hostPage,
      scriptedAgent,
    }) => {
      const agent = await scriptedAgent();
      const css = 'dialog{position:fixed;inset:auto 10px 10px auto;margin:0;width:300px;height:200px;background:white}';
      const { url } = await hostPage(shopPage({ css, tag: dialog + (late ? '' : widgetTag(agent.url)) }));
      await page.goto(url);
      const launcher = page.locator('salient-chat .launcher');
      if (late) {
        await page.evaluate(openDialog);
        await page.evaluate((src) => {
          document.head.append(Object.assign(document.createElement('script'), { src }));
        }, `${agent.url}/chat-widget.js`);
      }
      await expect(launcher).toBeAttached();
      if (!late) await page.evaluate(openDialog);
      const box = (await launcher.boundingBox())!;
      const hit = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
      const topmost = () => page.evaluate(({ x, y }) => document.elementFromPoint(x, y)?.localName, hit);
      expect(await topmost()).toBe('dialog');
      // The page's own button in front of the launcher is the one that a visitor reaches.
      await page.locator('#yes').click();
      await expect(page.locator('salient-chat [role=dialog]')).toHaveCount(0);

      await page.evaluate(() => document.querySelector('dialog')!.close());
      expect(await topmost()).toBe('salient-chat');
      await chatOn(page).open();
    });
  }

  test('a panel that is open is neither closed nor usable until the dialog is', async ({
    page,
    hostPage,
    scriptedAgent,
  }) => {
    const agent = await scriptedAgent();
    await page.goto((await hostPage(shopPage({ tag: dialog + widgetTag(agent.url) }))).url);
    const chat = chatOn(page);
    await chat.open();
    await chat.composer.fill('half a sen');
    await page.evaluate(openDialog);
    await page.keyboard.type('not for the chat');
    await page.evaluate(() => document.querySelector('dialog')!.close());
    await expect(chat.composer).toHaveValue('half a sen');
    await chat.composer.fill('half a sentence');
    await page.keyboard.press('Enter');
    await expect(chat.log).toContainText('Hello.');
  });
});

test('an owner who gives a z-index puts the widget between things of their own (R8)', async ({
  page,
  hostPage,
  scriptedAgent,
}) => {
  const agent = await scriptedAgent();
  const css = '#bar{position:fixed;inset:auto 0 0 0;height:200px;z-index:20;background:gold}';
  const tag = `<div id="bar"></div>${widgetTag(agent.url, { 'z-index': '10' })}`;
  await page.goto((await hostPage(shopPage({ css, tag }))).url);
  const box = (await page.locator('salient-chat .launcher').boundingBox())!;
  const topmost = () => page.evaluate(({ x, y }) => document.elementFromPoint(x + 20, y + 20)?.localName, box);
  expect(await topmost()).toBe('div');
  await page.evaluate(() => window.Salient!('update', { zIndex: 30 }));
  await expect.poll(topmost).toBe('salient-chat');
});

test('the page is printed without the widget, before and after it was opened (R8)', async ({
  page,
  hostPage,
  scriptedAgent,
}) => {
  const agent = await scriptedAgent();
  await page.goto((await hostPage(shopPage({ tag: widgetTag(agent.url) }))).url);
  const chat = chatOn(page);
  await expect(chat.launcher).toBeVisible();
  await page.emulateMedia({ media: 'print' });
  await expect(chat.launcher).toBeHidden();
  await page.emulateMedia({ media: 'screen' });
  await chat.open();
  await page.emulateMedia({ media: 'print' });
  await expect(chat.panel).toBeHidden();
  await expect(page.locator('salient-chat .launcher')).toBeHidden();
});

test('on a page that runs from right to left the launcher keeps its corner and the panel is mirrored (R8)', async ({
  page,
  hostPage,
  scriptedAgent,
}) => {
  const agent = await scriptedAgent();
  await page.goto((await hostPage(shopPage({ root: 'lang="en" dir="rtl"', tag: widgetTag(agent.url) }))).url);
  const chat = chatOn(page);
  const viewport = page.viewportSize()!;
  await expect
    .poll(() => chat.launcher.boundingBox())
    .toMatchObject({ x: viewport.width - 76, y: viewport.height - 76 });
  await chat.open();
  const [panel, avatar] = [await chat.panel.boundingBox(), await chat.panel.locator('.avatar').boundingBox()];
  expect(avatar!.x).toBeGreaterThan(panel!.x + panel!.width / 2);
});
