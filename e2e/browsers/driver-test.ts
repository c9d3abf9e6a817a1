import type { Web, WebOptions } from '../support/start-web.ts';
import { test as base } from '../support/web-test.ts';
import type { BrowserDriver, DriverSettings } from './browser-driver.ts';
import { openDriver, type BrowserName } from './open-driver.ts';

/**
 * Names that lead to this machine in every browser without a setting, each below another site. The server's own stands
 * for `SALIENT_HOST`, which only Chromium can be told.
 */
export const hosts = {
  salient: 'chat.salient.localhost',
  alder: 'www.alder.localhost',
  birch: 'www.birch.localhost',
} as const;

interface DriverFixtures {
  /** Like `openDriver`, until the end of the test. */
  openBrowser: (name: BrowserName, settings?: DriverSettings) => Promise<BrowserDriver>;
}

/** `test` with any of the three browsers in place of Playwright's page. */
export const test = base.extend<DriverFixtures>({
  // oxlint-disable-next-line no-empty-pattern -- Playwright reads a fixture's needs from the braces
  openBrowser: async ({}, use) => {
    const drivers: BrowserDriver[] = [];
    await use(async (name, settings) => {
      const driver = await openDriver(name, settings);
      drivers.push(driver);
      return driver;
    });
    await Promise.all(drivers.map((driver) => driver.close()));
  },
});

export type OpenWeb = (options: Omit<WebOptions, 'salientUrl'>) => Promise<Web>;

export { expect } from '../support/web-test.ts';
