import { openState } from '../support/open-state.ts';
import { arabicTexts, englishTexts } from '../support/state-texts.ts';
import { expect, test } from '../support/test.ts';
import { widgetStates } from '../support/widget-states.ts';

const states = widgetStates(englishTexts);

const zooms = {
  '200 % zoom': { width: 640, height: 360 },
  '400 % zoom, 320 px wide': { width: 320, height: 256 },
  'a small phone': { width: 320, height: 568 },
};

for (const [name, viewport] of Object.entries(zooms)) {
  test(`nothing is cut off and nothing scrolls sideways: ${name} (R10)`, async ({ page, hostPage, scriptedAgent }) => {
    await page.setViewportSize(viewport);
    await openState({ page, hostPage, scriptedAgent }, states['answer']!);
    const panel = page.locator('salient-chat .panel');
    for (const part of [panel, panel.getByRole('log')]) {
      expect(await part.evaluate((element) => element.scrollWidth - element.clientWidth)).toBeLessThanOrEqual(0);
    }
    for (const part of [panel.locator('.header'), panel.locator('textarea'), panel.locator('.send')]) {
      await expect(part).toBeInViewport({ ratio: 1 });
    }
    expect((await panel.getByRole('log').boundingBox())!.height, 'room to read').toBeGreaterThan(60);
  });
}

test('who wants less motion gets none (R10)', async ({ page, hostPage, scriptedAgent }) => {
  const countMotions = () =>
    page.evaluate(
      () =>
        document
          .querySelector('salient-chat')!
          .shadowRoot!.getAnimations()
          .filter(({ playState }) => playState === 'running').length,
    );
  await openState({ page, hostPage, scriptedAgent }, states['waiting']!);
  expect(await countMotions(), 'the dots move, for others').toBeGreaterThan(0);
  await page.emulateMedia({ reducedMotion: 'reduce' });
  expect(await countMotions()).toBe(0);
});

test('a direction that is asked for goes before that of the language', async ({ page, hostPage, scriptedAgent }) => {
  const { greeting } = widgetStates(arabicTexts);
  await openState({ page, hostPage, scriptedAgent }, greeting!, { attributes: { locale: 'ar', dir: 'ltr' } });
  await expect(page.locator('salient-chat .panel')).toHaveCSS('direction', 'ltr');
});

test('in a language from right to left everything is mirrored but what has a direction of its own (R10)', async ({
  page,
  hostPage,
  scriptedAgent,
}) => {
  const { answer } = widgetStates(arabicTexts);
  await openState({ page, hostPage, scriptedAgent }, answer!, { attributes: { locale: 'ar' } });
  const panel = page.locator('salient-chat .panel');
  const box = (await panel.boundingBox())!;
  const centreOf = async (selector: string) => {
    const { x, width } = (await panel.locator(selector).first().boundingBox())!;
    return (x + width / 2 - box.x) / box.width;
  };
  expect(await centreOf('.avatar')).toBeGreaterThan(0.8);
  expect(await centreOf('.header .icon-button')).toBeLessThan(0.2);
  expect(await centreOf('.bubble')).toBeLessThan(0.5);
  expect(await centreOf('.send')).toBeLessThan(0.2);
  const directionOf = (text: string) =>
    panel.locator('.markdown p', { hasText: text }).evaluate((element) => getComputedStyle(element).direction);
  expect(await directionOf('نشحن')).toBe('rtl');
  expect(await directionOf('This paragraph')).toBe('ltr');
  expect(await panel.locator('pre').evaluate((element) => getComputedStyle(element).direction)).toBe('ltr');
});
