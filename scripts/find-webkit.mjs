import { aptInstall, canAptInstall } from './toolchain/apt-install.mjs';
import { ExplainedError } from './toolchain/explained-error.mjs';
import { findOnPath, isExecutable } from './toolchain/find-on-path.mjs';
import { findPlaywrightBrowser, installPlaywrightBrowser } from './toolchain/playwright-browsers.mjs';

const usualFolders = ['/usr/bin', '/usr/local/bin'];

/**
 * A WebKit that is there already: what SALIENT_WEBKIT names, the system's WebKitWebDriver with a screen to draw on, or
 * Playwright's own.
 *
 * @returns {string | undefined} path of the driver, or of Playwright's browser
 */
export function findWebkit() {
  const given = process.env.SALIENT_WEBKIT;
  if (given && !isExecutable(given))
    throw new ExplainedError(`SALIENT_WEBKIT is not a program that can be run: ${given}`);
  const driver = findXvfb() && findOnPath(['WebKitWebDriver'], usualFolders);
  return given || driver || findPlaywrightBrowser('webkit');
}

/**
 * A WebKit for the cross-browser tests, installed if there is none: as root on Debian by apt-get, else by Playwright.
 *
 * @returns {Promise<string>} as from `findWebkit`
 */
export async function ensureWebkit() {
  const found = findWebkit();
  if (found) return found;

  if (canAptInstall()) await aptInstall(['webkit2gtk-driver', 'xvfb']);
  const installed = findWebkit() ?? (await installPlaywrightBrowser('webkit'));
  if (installed) return installed;

  throw new ExplainedError(
    'No WebKit for the cross-browser tests: install WebKitWebDriver (Debian: webkit2gtk-driver) and Xvfb, ' +
      'or name a driver as SALIENT_WEBKIT=/path/to/WebKitWebDriver',
  );
}

/** The screen without a monitor that WebKit for GTK draws on: it has no headless mode. */
export function findXvfb() {
  return findOnPath(['Xvfb'], usualFolders);
}
