import { chatOn, widgetTag } from '../support/chat.ts';
import { expect, test } from '../support/test.ts';

test.use({ viewport: { width: 390, height: 780 }, hasTouch: true, isMobile: true });

const page = (url: string) =>
  `<!doctype html><html lang="en"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Shop</title>
   <a href="#top">A link of the page</a>${'<p>Text of the page.</p>'.repeat(80)}${widgetTag(url)}</html>`;

test.beforeEach(async ({ page: tab, salient, hostPage, allowConsoleError }) => {
  allowConsoleError(/status of 401/);
  await tab.goto((await hostPage(page(salient.url))).url);
  await chatOn(tab).open();
});

test('the sheet fills what the keyboard leaves of the screen, and its box is too large to be zoomed into', async ({
  page: tab,
}) => {
  const { panel, composer } = chatOn(tab);
  await expect.poll(() => panel.boundingBox()).toMatchObject({ x: 0, y: 0, width: 390, height: 780 });
  await expect(composer).toHaveCSS('font-size', '16px');
  await tab.evaluate(() => {
    const visual = window.visualViewport!;
    Object.defineProperty(visual, 'height', { configurable: true, get: () => 400 });
    Object.defineProperty(visual, 'offsetTop', { configurable: true, get: () => 30 });
    visual.dispatchEvent(new Event('resize'));
  });
  await expect.poll(() => panel.boundingBox()).toMatchObject({ x: 0, y: 30, width: 390, height: 400 });
});

test('a finger on the sheet does not move the page, and the page is where it was afterwards', async ({ page: tab }) => {
  const { panel } = chatOn(tab);
  await tab.evaluate(() => scrollTo(0, 300));
  const client = await tab.context().newCDPSession(tab);
  for (const y of [60, 400, 740]) {
    await client.send('Input.synthesizeScrollGesture', { x: 195, y, yDistance: -200, gestureSourceType: 'touch' });
    await client.send('Input.synthesizeScrollGesture', { x: 195, y, yDistance: 200, gestureSourceType: 'touch' });
  }
  expect(await tab.evaluate(() => scrollY)).toBe(300);
  await panel.getByRole('button', { name: 'Close chat' }).tap();
  expect(await tab.evaluate(() => scrollY)).toBe(300);
});

test('the focus stays in the sheet, and goes back to the launcher', async ({ page: tab }) => {
  const { panel, launcher } = chatOn(tab);
  await expect(panel).toHaveAttribute('aria-modal', 'true');
  const isInside = () => panel.evaluate((box) => box.contains((box.getRootNode() as ShadowRoot).activeElement));
  expect(await isInside()).toBe(true);
  for (const key of [...Array<string>(12).fill('Tab'), ...Array<string>(14).fill('Shift+Tab')]) {
    await tab.keyboard.press(key);
    expect(await isInside()).toBe(true);
  }
  await tab.keyboard.press('Escape');
  await expect(launcher).toBeFocused();
});
