import { chromium, firefox, webkit } from '@playwright/test';
import { browserArguments, findBrowser } from '../../scripts/find-browser.mjs';
import { findFirefox } from '../../scripts/find-firefox.mjs';
import { findWebkit, findXvfb } from '../../scripts/find-webkit.mjs';
import { findPlaywrightBrowser } from '../../scripts/toolchain/playwright-browsers.mjs';
import { widgetTag } from '../support/chat.ts';
import { strictPolicy } from '../support/strict-policy.ts';
import { test } from '../support/test.ts';
import { watchPageScript } from '../support/watch-page.ts';
import type { BrowserDriver } from './browser-driver.ts';
import { runCoreFlow } from './core-flow.ts';
import { driveFirefox } from './drive-firefox.ts';
import { drivePlaywright } from './drive-playwright.ts';
import { driveWebkit } from './drive-webkit.ts';

const browsers: Record<string, () => Promise<BrowserDriver>> = {
  Chromium: () =>
    drivePlaywright(chromium, { args: browserArguments(), executablePath: required('Chromium', findBrowser()) }),
  Firefox: () => {
    const path = required('Firefox', findFirefox());
    const isPlaywrights = path === findPlaywrightBrowser('firefox');
    return isPlaywrights ? drivePlaywright(firefox, { executablePath: path }) : driveFirefox(path);
  },
  WebKit: () => {
    const path = required('WebKit', findWebkit());
    const isPlaywrights = path === findPlaywrightBrowser('webkit');
    if (isPlaywrights) return drivePlaywright(webkit, { executablePath: path });
    return driveWebkit(path, required('Xvfb', findXvfb()));
  },
};

for (const [name, start] of Object.entries(browsers)) {
  test(`${name}: the core flow, on a page with a strict CSP and Trusted Types (R4, R5)`, async ({
    salient,
    hostPage,
  }) => {
    const { url } = await hostPage(
      `<!doctype html><html lang="en"><title>Bank</title><script src="/watch.js"></script><h1>Bank</h1>
      ${widgetTag(salient.url)}</html>`,
      {
        headers: { 'Content-Security-Policy': strictPolicy(salient.url) },
        files: { '/watch.js': watchPageScript },
      },
    );
    const driver = await start();
    try {
      await runCoreFlow(driver, url);
    } finally {
      await driver.close();
    }
  });
}

function required(name: string, path: string | undefined): string {
  if (!path) throw new Error(`${name} is not on this machine. "npm test" says how to get it, or gets it.`);
  return path;
}
