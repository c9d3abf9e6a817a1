import type { BrowserType, LaunchOptions } from '@playwright/test';
import { windowSize, type BrowserDriver } from './browser-driver.ts';

/** A browser that Playwright knows how to speak to: Chromium, and its own builds of the others. */
export async function drivePlaywright(type: BrowserType, options: LaunchOptions): Promise<BrowserDriver> {
  const browser = await type.launch(options);
  const page = await browser.newPage({ ignoreHTTPSErrors: true, viewport: windowSize });
  return {
    goto: async (url) => void (await page.goto(url)),
    reload: async () => void (await page.reload()),
    async evaluate(read, argument, frame) {
      const scope = frame === undefined ? page : await (await page.waitForSelector(frame)).contentFrame();
      // Playwright's type wants what can be serialised; the interface says so in words.
      return (await scope!.evaluate(read as never, argument as never)) as ReturnType<typeof read>;
    },
    click: (x, y) => page.mouse.click(x, y),
    type: (text) => page.keyboard.type(text),
    press: (key) => page.keyboard.press(key),
    close: () => browser.close(),
  };
}
