import { aptInstall, canAptInstall } from './toolchain/apt-install.mjs';
import { ExplainedError } from './toolchain/explained-error.mjs';
import { findOnPath, isExecutable } from './toolchain/find-on-path.mjs';
import { findPlaywrightBrowser, installPlaywrightBrowser } from './toolchain/playwright-browsers.mjs';

const names = ['firefox-esr', 'firefox'];
const usualFolders = ['/usr/bin', '/snap/bin', '/Applications/Firefox.app/Contents/MacOS'];

/**
 * A Firefox that is there already: the one SALIENT_FIREFOX names, the system's, or Playwright's own.
 *
 * @returns {string | undefined} path of the program
 */
export function findFirefox() {
  const given = process.env.SALIENT_FIREFOX;
  if (given && !isExecutable(given))
    throw new ExplainedError(`SALIENT_FIREFOX is not a program that can be run: ${given}`);
  return given || findOnPath(names, usualFolders) || findPlaywrightBrowser('firefox');
}

/**
 * A Firefox for the cross-browser tests, installed if there is none: as root on Debian by apt-get, else by Playwright.
 *
 * @returns {Promise<string>} path of the program
 */
export async function ensureFirefox() {
  const found = findFirefox();
  if (found) return found;

  if (canAptInstall()) await aptInstall(['firefox-esr']);
  const installed = findFirefox() ?? (await installPlaywrightBrowser('firefox'));
  if (installed) return installed;

  throw new ExplainedError(
    'No Firefox for the cross-browser tests: install one, or name one as SALIENT_FIREFOX=/path/to/firefox',
  );
}
