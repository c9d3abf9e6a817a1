import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { vi } from 'vitest';
import { openDatabase, type Database } from '../src/db/index.ts';
import { createAgentDirectory, createFoundAgents, type Agent } from '../src/features/agents/index.ts';
import { createLog } from '../src/log.ts';
import { createTestDatabase } from './test-database.ts';

export type AgentWorlds = Awaited<ReturnType<typeof openAgentWorlds>>;

/** A database for agents without a server: each test makes files and a directory of its own over it. */
export async function openAgentWorlds() {
  const testDatabase = await createTestDatabase();
  const database = await openDatabase(testDatabase);
  const roots: string[] = [];

  async function inAccount<T>(slug: string, work: Parameters<typeof database.withAccountSlug<T>>[1]): Promise<T> {
    const result = await database.withAccountSlug(slug, work);
    if (result === null) throw new Error(`no account ${slug}`);
    return result;
  }

  return {
    database,
    inAccount,

    /** Agents' files, a directory over them, and an eye on the database. Files under `templates/` are templates. */
    async create(files: Record<string, string>) {
      const root = await mkdtemp(path.join(tmpdir(), 'salient-agents-'));
      roots.push(root);
      return createWorld(database, root, files);
    },

    override: (account: string, agent: string, configuration: object) =>
      inAccount(account, (tx) =>
        tx.agentInstance.updateMany({ where: { instanceSlug: agent }, data: { configuration } }),
      ),

    asOwner: (sql: string) =>
      database.asWorker(async (tx) => {
        await tx.$queryRaw`SELECT set_config('role', 'none', true)`;
        await tx.$executeRawUnsafe(sql);
      }),

    async removeFiles() {
      for (const root of roots.splice(0)) await rm(root, { recursive: true, force: true });
    },

    async close() {
      await database.close();
      await testDatabase.remove();
    },
  };
}

async function createWorld(database: Database, root: string, files: Record<string, string>) {
  const file = (name: string) => path.join(root, name.startsWith('templates/') ? '' : 'agents', name);
  const write = async (name: string, text: string) => {
    await mkdir(path.dirname(file(name)), { recursive: true });
    await writeFile(file(name), text);
  };
  for (const [name, text] of Object.entries(files)) await write(name, text);

  let logged = '';
  const log = createLog('info', { write: (line: string) => void (logged += line) });
  const folders = {
    configsDirectory: path.join(root, 'agents'),
    templatesDirectory: path.join(root, 'templates'),
    projectDirectory: root,
  };
  const loads: Agent[] = [];
  const onLoad = vi.fn(async (agent: Agent) => void loads.push(agent));
  const watched = watchDatabase(database);
  const directory = createAgentDirectory({ ...watched, folders, defaultHistoryLimit: 50, log, onLoad });
  return {
    ...watched,
    directory,
    file,
    loads,
    onLoad,
    write,
    start: () => createFoundAgents(database, folders, 'enterprise', log),
    logs: () => logged,
    /** What the log says is wrong, in order. */
    problems: () =>
      logged
        .split('\n')
        .filter(Boolean)
        .map((line) => (JSON.parse(line) as { problem?: string }).problem)
        .filter((problem) => problem !== undefined),
  };
}

/** The database, counting what is asked of it. */
function watchDatabase(database: Database) {
  const calls = new Map<string, number>();
  let failure: Error | undefined;
  const watched = new Proxy(database, {
    get(target, name: keyof Database) {
      const value = target[name];
      if (typeof value !== 'function') return value;
      return (...parameters: never[]) => {
        calls.set(name, (calls.get(name) ?? 0) + 1);
        const error = failure;
        failure = undefined;
        return error ? Promise.reject(error) : (value as (...all: never[]) => unknown)(...parameters);
      };
    },
  });
  return { database: watched, calls, failNext: (error: Error) => void (failure = error) };
}
