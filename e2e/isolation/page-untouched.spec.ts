import { chatOn, widgetTag } from '../support/chat.ts';
import { expectSamePixels } from '../support/expect-same-pixels.ts';
import { readPageStyles } from '../support/read-page-styles.ts';
import { shopPage } from '../support/shop-page.ts';
import { expect, test } from '../support/test.ts';
import { watchPageScript } from '../support/watch-page.ts';

const sheets = {
  'a plain page': 'h1{color:teal} button{padding:3px}',
  // Rules that an element put into the body, or before it, would set off.
  'a page that counts its elements': `body>:last-child{outline:1px solid red} head+body{border-left:2px solid}
    :root:has(body>:nth-child(13)) p{color:red} body>*+*{margin-top:9px} body>div:nth-last-child(2){color:teal}`,
};

for (const [name, css] of Object.entries(sheets)) {
  test(`${name}: every computed style and every pixel of it stays, with the widget closed, open and in use (R8)`, async ({
    page,
    context,
    hostPage,
    scriptedAgent,
  }) => {
    const agent = await scriptedAgent();
    // The tag itself is an element of the page and not of ours: the plain page has one that does nothing.
    await page.goto((await hostPage(shopPage({ css, tag: '<script type="text/plain"></script>' }))).url);
    const stylesBefore = await readPageStyles(page);
    const pixelsBefore = await page.screenshot();

    await page.goto((await hostPage(shopPage({ css, tag: widgetTag(agent.url) }))).url);
    const chat = chatOn(page);
    await expect(chat.launcher).toBeVisible();
    expect(await readPageStyles(page)).toEqual(stylesBefore);
    await chat.open();
    await chat.ask('Hello?');
    await expect(chat.log).toContainText('Hello.');
    expect(await readPageStyles(page)).toEqual(stylesBefore);
    await page.evaluate(() => window.Salient!('hide'));
    await expect(chat.panel).toBeHidden();
    await expectSamePixels(context, 'page', pixelsBefore, await page.screenshot());
  });
}

test('the page gets no layout shift, no error, one element and one global (R8)', async ({
  page,
  hostPage,
  scriptedAgent,
}) => {
  const agent = await scriptedAgent();
  const files = { '/watch.js': watchPageScript };
  const readPage = () =>
    page.evaluate(() => ({
      globals: Object.getOwnPropertyNames(window),
      elements: document.querySelectorAll('*').length,
      attributes: [...document.documentElement.attributes, ...document.body.attributes].map(({ name }) => name),
      sheets: document.styleSheets.length + document.adoptedStyleSheets.length,
      title: document.title,
    }));
  await page.goto(
    (await hostPage(shopPage({ head: '<script src="/watch.js"></script>', tag: '<script></script>' }), { files })).url,
  );
  const before = await readPage();

  await page.goto(
    (await hostPage(shopPage({ head: '<script src="/watch.js"></script>', tag: widgetTag(agent.url) }), { files })).url,
  );
  const chat = chatOn(page);
  await chat.open();
  await chat.ask('Hello?');
  await expect(chat.log).toContainText('Hello.');
  await page.keyboard.press('Escape');
  await expect(chat.panel).toBeHidden();

  const after = await readPage();
  expect(after.globals.filter((name) => !before.globals.includes(name))).toEqual(['Salient']);
  expect(after.elements - before.elements).toBe(1);
  expect({ ...after, globals: 0, elements: 0 }).toEqual({ ...before, globals: 0, elements: 0 });
  expect(await page.evaluate(() => document.querySelectorAll('salient-chat').length)).toBe(1);
  expect(await page.evaluate(() => window.pageWatch)).toEqual({ faults: [] });
});
