import type { Page } from '@playwright/test';
import { openState } from '../support/open-state.ts';
import { arabicTexts, englishTexts } from '../support/state-texts.ts';
import { expect, test } from '../support/test.ts';
import { widgetStates } from '../support/widget-states.ts';
import { fontFiles, fontSheet, useTestFonts } from './test-fonts.ts';

const directions = {
  ltr: { states: widgetStates(englishTexts), attributes: {} },
  rtl: { states: widgetStates(arabicTexts), attributes: { dir: 'rtl', locale: 'ar', position: 'bottom-left' } },
};

const devices = {
  desktop: { viewport: { width: 900, height: 560 } },
  phone: { viewport: { width: 390, height: 560 }, hasTouch: true, isMobile: true },
};

/** What a picture shows: no more of the page than the widget takes. */
function clipOf(name: string, device: string, direction: string) {
  if (name === 'page' || (device === 'phone' && name !== 'closed')) return undefined;
  const size = name === 'closed' ? { width: 100, height: 100 } : { width: 440, height: 560 };
  if (name === 'inline') return { x: 0, y: 0, ...size, width: 400 };
  const { viewport } = devices[device as keyof typeof devices];
  return { x: direction === 'rtl' ? 0 : viewport.width - size.width, y: viewport.height - size.height, ...size };
}

async function compare(page: Page, name: string, clip: ReturnType<typeof clipOf>) {
  await expect(page).toHaveScreenshot(`${name}.png`, clip ? { clip } : {});
}

for (const [device, options] of Object.entries(devices)) {
  for (const [direction, { states, attributes }] of Object.entries(directions)) {
    // Mirrored, one scheme a device: what is dark there is also dark here.
    const mirrored = device === 'phone' ? (['dark'] as const) : (['light'] as const);
    const schemes = direction === 'rtl' ? mirrored : (['light', 'dark'] as const);
    test.describe(`on a ${device}, ${direction}`, () => {
      test.use(options);
      for (const [name, state] of Object.entries(states)) {
        test(`${name} looks as it did, ${schemes.join(' and ')}`, async ({
          page,
          hostPage,
          scriptedAgent,
          allowConsoleError,
        }) => {
          allowConsoleError(/status of 402|net::ERR/);
          await openState({ page, hostPage, scriptedAgent }, state, {
            attributes,
            head: `<style>${fontSheet}</style>`,
            files: fontFiles,
            prepare: useTestFonts,
          });
          for (const colorScheme of schemes) {
            await page.emulateMedia({ colorScheme });
            await compare(page, `${name}-${device}-${direction}-${colorScheme}`, clipOf(name, device, direction));
          }
        });
      }
    });
  }
}

test.describe('in forced colours', () => {
  test.use({ ...devices.desktop });
  for (const name of ['closed', 'greeting', 'answer', 'failed-answer', 'reset-question']) {
    test(`${name} looks as it did`, async ({ page, hostPage, scriptedAgent }) => {
      await page.emulateMedia({ forcedColors: 'active', colorScheme: 'dark' });
      await openState({ page, hostPage, scriptedAgent }, directions.ltr.states[name]!, {
        head: `<style>${fontSheet}</style>`,
        files: fontFiles,
        prepare: useTestFonts,
      });
      // The caret keeps its colour there, and blinks.
      await page.evaluate(() => (document.activeElement as HTMLElement).blur());
      await compare(page, `${name}-forced-colors`, clipOf(name, 'desktop', 'ltr'));
    });
  }
});
