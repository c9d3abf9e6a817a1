import type { LlmRequest } from '../src/generated/prisma/client.ts';
import { expect } from 'vitest';
import { loadConfig } from '../src/config.ts';
import { createLog } from '../src/log.ts';
import type { ApiDocument } from '../src/openapi/build-document.ts';
import { startServer, type RunningServer } from '../src/start-server.ts';
import { checkContract, type ContractCheck } from './contract-check.ts';
import { createAgentFolder, type TestAgent } from './agent-folder.ts';
import { startFakeProvider, type FakeProvider } from './fake-provider.ts';
import { projectDirectory } from './project-directory.ts';
import { createTestDatabase, type TestDatabase } from './test-database.ts';

export interface TestServerOptions {
  /** Default: `acme/helper`, answered by the fake provider. */
  agents?: TestAgent[];
  /** Fills the folder of agents in some other way. */
  prepare?: (configsDirectory: string) => Promise<void>;
  environment?: Record<string, string>;
  /** Over the defaults of app.yaml. */
  app?: Record<string, unknown>;
}

export interface TestServer {
  url: string;
  running: RunningServer;
  provider: FakeProvider;
  database: TestDatabase;
  /** Folder of the agents' files. */
  configsDirectory: string;
  /** Every log line so far, as text. */
  logs: () => string;
  /** Writes an agent's files, now or over the old ones. */
  writeAgent(agent: TestAgent): Promise<void>;
  /** An account's ledger, oldest first. */
  ledger(account: string): Promise<LlmRequest[]>;
  stop(): Promise<void>;
  /** What is left to do after `running.stop()`: ends the provider, and removes database and folder. */
  remove(): Promise<void>;
}

/**
 * Starts the real server on a free port, with a database and agents of its own, and a provider that speaks real
 * HTTP. Stopping it fails when an answer was not as /openapi.json describes it (L6).
 */
export async function startTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const database = await createTestDatabase();
  const provider = await startFakeProvider();
  const agents = options.agents ?? [{ account: 'acme', agent: 'helper' }];
  const folder = await createAgentFolder(provider.baseUrl, agents, options.app);
  await options.prepare?.(folder.configsDirectory);
  const config = loadConfig({
    NODE_ENV: 'test',
    PORT: '0',
    HOST: '127.0.0.1',
    SALIENT_CONFIG: folder.appFile,
    SALIENT_DATA_DIR: database.dataDirectory || folder.directory,
    ...(database.url && { DATABASE_URL: database.url }),
    ...options.environment,
  });
  let logged = '';
  const log = createLog('info', { write: (line: string) => void (logged += line) });
  const running = await startServer(config, { project: projectDirectory }, log);
  const contract = await checkContractOf(running.url);

  async function remove(): Promise<void> {
    await provider.close();
    await database.remove();
    await folder.remove();
  }

  return {
    url: running.url,
    running,
    provider,
    database,
    configsDirectory: folder.configsDirectory,
    logs: () => logged,
    writeAgent: folder.writeAgent,
    ledger: async (account) =>
      (await running.database.withAccountSlug(account, (tx) =>
        tx.llmRequest.findMany({ orderBy: [{ createdAt: 'asc' }, { id: 'asc' }] }),
      )) ?? [],
    async stop() {
      await running.stop();
      contract.stop();
      await remove();
      expect(contract.violations, 'answers that /openapi.json does not describe').toEqual([]);
    },
    remove,
  };
}

async function checkContractOf(url: string): Promise<ContractCheck> {
  const response = await fetch(`${url}/openapi.json`);
  return checkContract((await response.json()) as ApiDocument, Number(new URL(url).port));
}
