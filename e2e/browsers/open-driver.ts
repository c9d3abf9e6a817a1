import { chromium, firefox, webkit } from '@playwright/test';
import { browserArguments, findBrowser } from '../../scripts/find-browser.mjs';
import { findFirefox } from '../../scripts/find-firefox.mjs';
import { findWebkit, findXvfb } from '../../scripts/find-webkit.mjs';
import { findPlaywrightBrowser } from '../../scripts/toolchain/playwright-browsers.mjs';
import type { BrowserDriver, DriverSettings } from './browser-driver.ts';
import { driveFirefox, firefoxPreferences } from './drive-firefox.ts';
import { drivePlaywright } from './drive-playwright.ts';
import { driveWebkit } from './drive-webkit.ts';

export const browserNames = ['Chromium', 'Firefox', 'WebKit'] as const;
export type BrowserName = (typeof browserNames)[number];

const start: Record<BrowserName, (settings: DriverSettings) => Promise<BrowserDriver>> = {
  Chromium: (settings) => {
    refuseSettings('Chromium', settings, 'support/open-browser.ts has them');
    return drivePlaywright(chromium, {
      args: browserArguments(),
      executablePath: required('Chromium', findBrowser()),
    });
  },
  Firefox: (settings) => {
    const path = required('Firefox', findFirefox());
    if (path !== findPlaywrightBrowser('firefox')) return driveFirefox(path, settings);
    return drivePlaywright(firefox, { executablePath: path, firefoxUserPrefs: firefoxPreferences(settings) });
  },
  WebKit: (settings) => {
    const path = required('WebKit', findWebkit());
    if (path !== findPlaywrightBrowser('webkit')) return driveWebkit(path, required('Xvfb', findXvfb()), settings);
    refuseSettings('Playwright’s WebKit', settings, 'install WebKitWebDriver (Debian: webkit2gtk-driver) and Xvfb');
    return drivePlaywright(webkit, { executablePath: path });
  },
};

/** A browser with a window of its own, as it comes or with these settings. */
export function openDriver(name: BrowserName, settings: DriverSettings = {}): Promise<BrowserDriver> {
  return start[name](settings);
}

function required(name: string, path: string | undefined): string {
  if (!path) throw new Error(`${name} is not on this machine. "npm test" says how to get it, or gets it.`);
  return path;
}

function refuseSettings(name: string, settings: DriverSettings, advice: string): void {
  const asked = Object.keys(settings).join(', ');
  if (asked) throw new Error(`${name} cannot be driven with ${asked}: ${advice}.`);
}
