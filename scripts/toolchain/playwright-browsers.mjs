import { createRequire } from 'node:module';
import { join } from 'node:path';
import { isExecutable } from './find-on-path.mjs';
import { projectRoot } from './project-root.mjs';
import { runCommand } from './run-command.mjs';

// Playwright is a dependency of the `e2e` package only.
const requireFromTests = createRequire(join(projectRoot, 'e2e', 'package.json'));

/**
 * The build of a browser that Playwright has downloaded for itself, if it has.
 *
 * @param {'chromium' | 'firefox' | 'webkit'} name
 * @returns {string | undefined} path of the program
 */
export function findPlaywrightBrowser(name) {
  const path = requireFromTests('@playwright/test')[name].executablePath();
  return isExecutable(path) ? path : undefined;
}

/**
 * Lets Playwright download its build of a browser.
 *
 * @param {'chromium' | 'firefox' | 'webkit'} name
 * @returns {Promise<string | undefined>} path of the program, unless it could not be had
 */
export async function installPlaywrightBrowser(name) {
  const program = join(requireFromTests.resolve('@playwright/test/package.json'), '..', 'cli.js');
  await runCommand(process.execPath, [program, 'install', name]);
  return findPlaywrightBrowser(name);
}
