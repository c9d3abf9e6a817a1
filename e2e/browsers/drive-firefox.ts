import puppeteer from 'puppeteer-core';
import { windowSize, type BrowserDriver, type DriverSettings } from './browser-driver.ts';

/** The system's Firefox over WebDriver BiDi: Playwright speaks only to builds of its own. */
export async function driveFirefox(executablePath: string, settings: DriverSettings = {}): Promise<BrowserDriver> {
  const browser = await puppeteer.launch({
    browser: 'firefox',
    executablePath,
    headless: true,
    acceptInsecureCerts: true,
    defaultViewport: windowSize,
    extraPrefsFirefox: firefoxPreferences(settings),
  });
  const page = await browser.newPage();
  return {
    goto: async (url) => void (await page.goto(url)),
    reload: async () => void (await page.reload()),
    async evaluate(read, argument, frame) {
      const scope = frame === undefined ? page : await (await page.waitForSelector(frame))!.contentFrame();
      return (await scope!.evaluate(read as (argument: unknown) => unknown, argument)) as ReturnType<typeof read>;
    },
    click: (x, y) => page.mouse.click(x, y),
    type: (text) => page.keyboard.type(text),
    press: (key) => page.keyboard.press(key),
    close: () => browser.close(),
  };
}

/** Firefox by itself keeps the cookies of other sites, a jar for each site they are used on. */
export function firefoxPreferences({ blockedCookies, isPrivate }: DriverSettings): Record<string, number | boolean> {
  const behaviour = { 'third-party': 1, all: 2 };
  return {
    ...(blockedCookies && { 'network.cookie.cookieBehavior': behaviour[blockedCookies] }),
    ...(isPrivate && { 'browser.privatebrowsing.autostart': true }),
  };
}
