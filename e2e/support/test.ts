import { expect, test as base } from '@playwright/test';
import { startHostPage } from './start-host-page.ts';
import { startScriptedAgent, type AgentScript, type ScriptedAgent } from './start-scripted-agent.ts';
import { startSalient, type RunningSalient } from './start-salient.ts';

interface TestFixtures {
  /** Like `startHostPage`; the page's server stops after the test. */
  hostPage: typeof startHostPage;
  /** Like `startScriptedAgent`; it stops after the test. */
  scriptedAgent: (script?: Partial<AgentScript>) => Promise<ScriptedAgent>;
  /** Announces console errors that belong to what is tested; any other one fails the test. */
  allowConsoleError: (text: RegExp) => void;
}

interface WorkerFixtures {
  /** A server with default settings, shared by the tests of one worker. Start another for other settings. */
  salient: RunningSalient;
}

/** Playwright's `test` with a server, host pages, and a watch on the console of every page. */
export const test = base.extend<TestFixtures, WorkerFixtures>({
  salient: [
    // oxlint-disable-next-line no-empty-pattern -- Playwright reads a fixture's needs from the braces
    async ({}, use) => {
      const salient = await startSalient();
      await use(salient);
      await salient.stop();
    },
    { scope: 'worker', timeout: 200_000 },
  ],

  // oxlint-disable-next-line no-empty-pattern -- as above
  hostPage: async ({}, use) => {
    const stops: (() => Promise<void>)[] = [];
    await use(async (html, options) => {
      const page = await startHostPage(html, options);
      stops.push(page.stop);
      return page;
    });
    await Promise.all(stops.map((stop) => stop()));
  },

  // oxlint-disable-next-line no-empty-pattern -- as above
  scriptedAgent: async ({}, use) => {
    const stops: (() => Promise<void>)[] = [];
    await use(async (script) => {
      const agent = await startScriptedAgent(script);
      stops.push(agent.stop);
      return agent;
    });
    await Promise.all(stops.map((stop) => stop()));
  },

  allowConsoleError: [
    async ({ context }, use) => {
      const allowed: RegExp[] = [];
      const errors: string[] = [];
      context.on('console', (message) => {
        if (message.type() === 'error') errors.push(`${message.text()} (${message.location().url})`);
      });
      context.on('weberror', (webError) => errors.push(webError.error().stack ?? webError.error().message));
      await use((text) => allowed.push(text));
      const unexpected = errors.filter((error) => !allowed.some((text) => text.test(error)));
      expect(unexpected, 'errors on the console').toEqual([]);
    },
    { auto: true },
  ],
});

export { expect };
