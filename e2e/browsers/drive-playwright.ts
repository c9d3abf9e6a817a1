import type { BrowserType, LaunchOptions } from '@playwright/test';
import type { BrowserDriver } from './browser-driver.ts';

/** A browser that Playwright knows how to speak to: Chromium, and its own builds of the others. */
export async function drivePlaywright(type: BrowserType, options: LaunchOptions): Promise<BrowserDriver> {
  const browser = await type.launch(options);
  const page = await browser.newPage();
  return {
    goto: async (url) => void (await page.goto(url)),
    reload: async () => void (await page.reload()),
    evaluate: (read) => page.evaluate(read),
    click: (x, y) => page.mouse.click(x, y),
    type: (text) => page.keyboard.type(text),
    press: (key) => page.keyboard.press(key),
    close: () => browser.close(),
  };
}
