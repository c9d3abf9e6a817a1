import { fileURLToPath } from 'node:url';
import { defineConfig, devices } from '@playwright/test';
import { browserArguments, findBrowser } from '../scripts/find-browser.mjs';
import { webArgument } from './support/start-web.ts';

const resultsFolder = fileURLToPath(new URL('../test-results', import.meta.url));

// Kept in the environment for the worker processes, which read this file again.
const browser = findBrowser();
if (browser) process.env['SALIENT_BROWSER'] = browser;

export default defineConfig({
  testMatch: '**/*.spec.ts',
  outputDir: `${resultsFolder}/e2e`,
  // Each worker runs a browser and a server of its own; more of them only wait for each other on a small machine.
  workers: 2,
  // A browser on a busy machine may miss a frame. What is broken fails again, and what did not is reported as flaky.
  retries: 2,
  fullyParallel: true,
  // Generous, because both cores may be busy: a limit is there to end what hangs, not to measure.
  timeout: 60_000,
  expect: {
    timeout: 15_000,
    // Less than a short word. Edges of letters differ between builds of a browser, but by less than the threshold.
    toHaveScreenshot: { maxDiffPixelRatio: 0.0003, animations: 'disabled', caret: 'hide' },
  },
  // One set, made with Debian's Chromium: what must hold in any other build too.
  snapshotPathTemplate: '{testDir}/visual/baselines/{arg}{ext}',
  forbidOnly: Boolean(process.env['CI']),
  reporter: [['list'], ['json', { outputFile: `${resultsFolder}/playwright.json` }]],
  use: {
    ...devices['Desktop Chrome'],
    trace: 'retain-on-failure',
    launchOptions: { args: [...browserArguments(), webArgument], ...(browser && { executablePath: browser }) },
  },
});
