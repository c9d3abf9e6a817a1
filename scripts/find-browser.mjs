import { join } from 'node:path';
import { aptInstall, canAptInstall } from './toolchain/apt-install.mjs';
import { ExplainedError } from './toolchain/explained-error.mjs';
import { findOnPath, isExecutable } from './toolchain/find-on-path.mjs';
import { findPlaywrightBrowser, installPlaywrightBrowser } from './toolchain/playwright-browsers.mjs';

const names = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'chrome',
  'Google Chrome',
  'Chromium',
];
const usualFolders = [
  '/usr/bin',
  '/snap/bin',
  '/opt/google/chrome',
  '/Applications/Google Chrome.app/Contents/MacOS',
  '/Applications/Chromium.app/Contents/MacOS',
  ...['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA'].map((name) =>
    join(process.env[name] ?? '', 'Google/Chrome/Application'),
  ),
];

/**
 * A Chromium or Chrome that is there already: the one SALIENT_BROWSER names, Playwright's own, or the system's.
 *
 * @returns {string | undefined} path of the program
 */
export function findBrowser() {
  const given = process.env.SALIENT_BROWSER;
  if (given && !isExecutable(given))
    throw new ExplainedError(`SALIENT_BROWSER is not a program that can be run: ${given}`);
  return given || findPlaywrightBrowser('chromium') || findOnPath(names, usualFolders);
}

/**
 * A browser for the end-to-end tests, installed if there is none: as root on Debian by apt-get, else by Playwright.
 *
 * @returns {Promise<string>} path of the program
 */
export async function ensureBrowser() {
  const found = findBrowser();
  if (found) return found;

  if (canAptInstall()) await aptInstall(['chromium', 'fonts-liberation']);
  const installed = findBrowser() ?? (await installPlaywrightBrowser('chromium'));
  if (installed) return installed;

  throw new ExplainedError(
    'No browser for the end-to-end tests: install Chromium or Chrome, or name one as SALIENT_BROWSER=/path/to/chrome',
  );
}

/** Switches for a system's Chromium: quiet on the network and, as root, without the sandbox that root may not use. */
export function browserArguments() {
  const quiet = ['--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'];
  const plain = ['--disable-gpu', '--disable-quic', ...quiet];
  return process.getuid?.() === 0 ? ['--no-sandbox', ...plain] : plain;
}
