import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import pg from 'pg';
import { parse, stringify } from 'yaml';
import { createAgentFolder } from './agent-folder.ts';
import { spawnFakeProvider, type SpawnedFakeProvider } from './spawn-fake-provider.ts';
import { spawnServer, type SpawnedServer } from './spawn-server.ts';
import { createTestDatabase } from './test-database.ts';

export interface ClusterOptions {
  /** `account/agent` to the model's name, by which the fake provider chooses its reply. */
  models: Record<string, string>;
  /** Of every agent. Default: limits that no test meets. */
  rateLimits?: Record<string, number>;
  /** Over the defaults of app.yaml. */
  app?: Record<string, Record<string, unknown>>;
  /** Default: a database of its own on the test project's server. */
  databaseUrl?: string;
}

/** Any number of server processes on one database, and a provider in a process of its own. */
export interface Cluster {
  provider: SpawnedFakeProvider;
  databaseUrl: string;
  /** Starts one more process. It is ended with the others. */
  start(environment?: Record<string, string>): Promise<SpawnedServer>;
  /** Rows of the database, as its owner sees them. */
  query<Row>(sql: string, values?: unknown[]): Promise<Row[]>;
  /** A turn's ledger rows. */
  ledger(turnId: string): Promise<{ completion_status: string; usage_source: string }[]>;
  /** How often the provider has been asked so far. */
  callCount(): Promise<number>;
  /** Kills every process. */
  killAll(): Promise<void>;
  close(): Promise<void>;
}

export async function createCluster({ models, rateLimits, app = {}, databaseUrl }: ClusterOptions): Promise<Cluster> {
  const provider = await spawnFakeProvider();
  const database = databaseUrl === undefined ? await createTestDatabase() : null;
  const url = databaseUrl ?? database?.url ?? '';
  const agents = Object.entries(models).map(([name, model]) => {
    const [account = '', agent = ''] = name.split('/');
    const llm = { inference_provider: 'openai_compatible', base_url: provider.baseUrl, model };
    return { account, agent, config: { llm, ...(rateLimits && { rate_limits: rateLimits }) } };
  });
  const folder = await createAgentFolder(provider.baseUrl, agents);
  const appFile = path.join(folder.directory, 'cluster.yaml');
  const settings = parse(await readFile(folder.appFile, 'utf8')) as Record<string, object>;
  for (const [section, values] of Object.entries(app)) settings[section] = { ...settings[section], ...values };
  await writeFile(appFile, stringify(settings));

  const servers: SpawnedServer[] = [];
  const query = async <Row>(sql: string, values: unknown[] = []): Promise<Row[]> => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      return (await client.query(sql, values)).rows as Row[];
    } finally {
      await client.end();
    }
  };
  const killAll = async (): Promise<void> => {
    await Promise.all(servers.splice(0).map((server) => server.end('SIGKILL')));
  };

  return {
    provider,
    databaseUrl: url,
    async start(environment = {}) {
      const server = await spawnServer({ SALIENT_CONFIG: appFile, DATABASE_URL: url, ...environment });
      servers.push(server);
      return server;
    },
    query,
    ledger: (turnId) => query('SELECT completion_status, usage_source FROM llm_requests WHERE turn_id = $1', [turnId]),
    callCount: async () => (await provider.readRequests()).length,
    killAll,
    async close() {
      await killAll();
      await provider.close();
      await database?.remove();
      await folder.remove();
    },
  };
}
