import puppeteer from 'puppeteer-core';
import type { BrowserDriver } from './browser-driver.ts';

/** The system's Firefox over WebDriver BiDi: Playwright speaks only to builds of its own. */
export async function driveFirefox(executablePath: string): Promise<BrowserDriver> {
  const browser = await puppeteer.launch({ browser: 'firefox', executablePath, headless: true });
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
