import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const serverSuites = 'packages/server/**/*.integration.test.ts';
// Several processes at one database: only a server can have them.
const processSuites = 'packages/server/**/*.processes.test.ts';
// The server as those processes run it, built once.
const serverBuildSetup = 'packages/server/test/server-build-setup.ts';
// Migrates one database of the project's kind; every suite takes a copy of its own.
const databaseSetup = 'packages/server/test/database-setup.ts';

/** A provider is silent in it for two minutes. Begun last, it would be all that is left to wait for. */
const longestSuite = 'packages/server/test/proxy.processes.test.ts';

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLongest = ({ moduleId }: TestSpecification) => moduleId.endsWith(longestSuite);
    const sorted = await super.sort(files);
    return [...sorted.filter(isLongest), ...sorted.filter((file) => !isLongest(file))];
  }
}

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    // Most suites wait, for a lease or a slow provider, more than they compute.
    maxWorkers: 4,
    reporters: ['default', 'json'],
    outputFile: { json: 'test-results/vitest.json' },
    // Bounds on hanging, not on speed: a busy machine must not fail a test that would pass.
    // Real processes and sockets on a busy machine: what is broken fails again.
    retry: 1,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 30_000 } },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['packages/**/*.test.{ts,tsx}', 'integrations/**/*.test.ts', 'scripts/**/*.test.mjs'],
          exclude: ['**/node_modules/**', serverSuites, processSuites],
        },
      },
      // Not isolated: the server keeps no state in its modules, and to load them costs as much as most suites.
      // The same suites twice: what holds on the embedded database must hold on a server, and the other way round.
      {
        extends: true,
        test: {
          name: 'server-pglite',
          include: [serverSuites],
          isolate: false,
          env: { SALIENT_TEST_DATABASE: 'pglite' },
          globalSetup: databaseSetup,
        },
      },
      {
        extends: true,
        test: {
          name: 'server-postgres',
          include: [serverSuites, processSuites],
          isolate: false,
          env: { SALIENT_TEST_DATABASE: 'postgres' },
          globalSetup: [databaseSetup, serverBuildSetup],
        },
      },
    ],
  },
});
