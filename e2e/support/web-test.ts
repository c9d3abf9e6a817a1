import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openBrowser, type BrowserSettings, type ProfileBrowser } from './open-browser.ts';
import { startSalient, type RunningSalient } from './start-salient.ts';
import { startWeb, type Web, type WebOptions } from './start-web.ts';
import { test as base } from './test.ts';

interface WebFixtures {
  /** Web sites around the production server, until the end of the test. */
  openWeb: (options: Omit<WebOptions, 'salientUrl'>) => Promise<Web>;
  /** Like `openBrowser`, until the end of the test. */
  openProfile: (settings: BrowserSettings) => Promise<ProfileBrowser>;
}

/** A server as in production, with a copy of the demo agents that a test may edit. */
export interface ProductionSalient extends RunningSalient {
  /** `{account}/{agent}/config.yaml` */
  readonly agentsFolder: string;
}

interface WebWorkerFixtures {
  production: ProductionSalient;
}

/** `test` with https, several sites, and a server that behaves as in production. */
export const test = base.extend<WebFixtures, WebWorkerFixtures>({
  production: [
    // oxlint-disable-next-line no-empty-pattern -- Playwright reads a fixture's needs from the braces
    async ({}, use) => {
      const folder = await mkdtemp(join(tmpdir(), 'salient-production-'));
      const agentsFolder = join(folder, 'agents');
      await cp(fileURLToPath(new URL('../../config/agent_configs', import.meta.url)), agentsFolder, {
        recursive: true,
      });
      const settings = {
        agents: { configs_directory: agentsFolder },
        llm: { when_key_missing: 'local', local_words_per_second: 0 },
      };
      const settingsFile = join(folder, 'app.yaml');
      await writeFile(settingsFile, JSON.stringify(settings));
      const secret = 'a secret of the tests, long enough';
      const salient = await startSalient({
        env: { NODE_ENV: 'production', SALIENT_SECRET: secret, SALIENT_CONFIG: settingsFile },
      });
      await use({ ...salient, agentsFolder });
      await salient.stop();
      await rm(folder, { recursive: true });
    },
    { scope: 'worker', timeout: 90_000 },
  ],

  openWeb: async ({ production }, use) => {
    const webs: Web[] = [];
    await use(async (options) => {
      const web = await startWeb({ salientUrl: production.url, ...options });
      webs.push(web);
      return web;
    });
    await Promise.all(webs.map((web) => web.stop()));
  },

  // oxlint-disable-next-line no-empty-pattern -- as above
  openProfile: async ({}, use) => {
    const browsers: ProfileBrowser[] = [];
    await use(async (settings) => {
      const browser = await openBrowser(settings);
      browsers.push(browser);
      return browser;
    });
    await Promise.all(browsers.map((browser) => browser.close()));
  },
});

export { expect } from './test.ts';
