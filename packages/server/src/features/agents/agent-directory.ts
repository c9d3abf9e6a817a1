import { LRUCache } from 'lru-cache';
import { isDatabaseUnavailable, type Database } from '../../db/index.ts';
import { AppError } from '../../errors.ts';
import type { Logger } from '../../log.ts';
import { accountNotFound, agentMisconfigured, agentNotFound } from './agent-errors.ts';
import { signAgentFiles, signIncludes, signTemplate, type AgentFolders } from './agent-files.ts';
import { describeSettings, type AgentSettings } from './describe-settings.ts';
import { findAgentRow, loadAgent, type Agent, type AgentRow, type AgentVersion } from './load-agent.ts';

const MAX_CACHED_AGENTS = 500;

export interface AgentDirectoryOptions {
  database: Database;
  folders: AgentFolders;
  defaultHistoryLimit: number;
  log: Logger;
  /** Called after an agent was loaded for the first time or again, before it serves. */
  onLoad: (agent: Agent) => Promise<void>;
}

/** Finds agents by name. Warm look-ups are one map read; edits of rows and files are noticed by `refresh`. */
export interface AgentDirectory {
  /** @throws {AppError} ACCOUNT_NOT_FOUND, AGENT_NOT_FOUND or AGENT_MISCONFIGURED */
  get(accountSlug: string, agentSlug: string): Promise<Agent>;
  /** The cached agent, without waiting. */
  peek(accountSlug: string, agentSlug: string): Agent | undefined;
  /** Compares every cached agent with its row and files, and loads again what has changed. */
  refresh(): Promise<void>;
  /**
   * What the agent of a row would be, whether the row is stored or not.
   *
   * @throws {IncompleteConfigError} or what is wrong with its files
   */
  inspect(row: AgentRow): Promise<AgentSettings>;
}

interface CachedAgent {
  agent: Agent;
  version: AgentVersion;
  /** What is wrong with the latest edit, as it was logged. */
  problem: string | null;
}

export function createAgentDirectory(options: AgentDirectoryOptions): AgentDirectory {
  const { database, folders, log } = options;
  const cache = new LRUCache<string, CachedAgent>({ max: MAX_CACHED_AGENTS });
  const loading = new Map<string, Promise<Agent>>();

  return {
    peek: (accountSlug, agentSlug) => cache.get(cacheKey(accountSlug, agentSlug))?.agent,

    async get(accountSlug, agentSlug) {
      const key = cacheKey(accountSlug, agentSlug);
      const cached = cache.get(key);
      if (cached) return cached.agent;
      // Many first requests at once are one load.
      let load = loading.get(key);
      if (!load) {
        load = loadAndCache(accountSlug, agentSlug).finally(() => loading.delete(key));
        loading.set(key, load);
      }
      return load;
    },

    async refresh() {
      const cached = [...cache.values()];
      if (cached.length === 0) return;
      const rows = await readRowVersions(cached.map(({ agent }) => agent.id));
      const templates = await signTemplates(cached);
      for (const entry of cached) {
        if (await isCurrent(entry, rows.get(entry.agent.id), templates)) entry.problem = null;
        else await reload(entry);
      }
    },

    inspect: (row) => describeSettings(row, folders, options.defaultHistoryLimit),
  };

  async function loadAndCache(accountSlug: string, agentSlug: string): Promise<Agent> {
    const row = await findAgentRow(database, accountSlug, agentSlug);
    if (row === 'no account') {
      throw accountNotFound();
    }
    if (row === 'no agent') {
      throw agentNotFound();
    }
    let loaded: CachedAgent;
    try {
      loaded = { ...(await loadAgent(row, folders, options.defaultHistoryLimit)), problem: null };
      await options.onLoad(loaded.agent);
    } catch (error) {
      if (isDatabaseUnavailable(error)) throw error;
      throw agentMisconfigured(error);
    }
    cache.set(cacheKey(accountSlug, agentSlug), loaded);
    return loaded.agent;
  }

  /** A broken edit keeps the last good agent; one that is gone or paused stops serving. */
  async function reload(entry: CachedAgent): Promise<void> {
    const { accountSlug, slug } = entry.agent;
    const names = { account: accountSlug, agent: slug };
    try {
      await loadAndCache(accountSlug, slug);
      log.info(names, 'agent reloaded');
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      if (error.code !== 'AGENT_MISCONFIGURED') {
        cache.delete(cacheKey(accountSlug, slug));
        log.info(names, 'agent no longer serves');
        return;
      }
      // Tried again at every refresh, as anything may have mended it, but said once.
      const problem = (error.cause as Error).message;
      if (problem !== entry.problem) {
        log.warn({ ...names, problem }, 'agent edit is broken; the last good configuration stays in force');
      }
      entry.problem = problem;
    }
  }

  /** Each once, however many agents lie over it. */
  async function signTemplates(entries: CachedAgent[]): Promise<ReadonlyMap<string, string>> {
    const types = [...new Set(entries.map(({ agent }) => agent.config.agentType))];
    return new Map(await Promise.all(types.map(async (type) => [type, await signTemplate(folders, type)] as const)));
  }

  async function isCurrent(
    entry: CachedAgent,
    rowVersion: string | undefined,
    templates: ReadonlyMap<string, string>,
  ): Promise<boolean> {
    if (rowVersion !== entry.version.row) return false;
    const { accountSlug, slug, config, hasFolder } = entry.agent;
    return (
      templates.get(config.agentType) === entry.version.template &&
      (!hasFolder || (await signAgentFiles(folders, accountSlug, slug)) === entry.version.files) &&
      (await signIncludes(folders, config.knowledgeInclude)) === entry.version.includes
    );
  }

  /** One statement for all, by primary key; rows that no longer serve are absent. */
  function readRowVersions(ids: string[]): Promise<Map<string, string>> {
    return database.asWorker(async (tx) => {
      const rows = await tx.$queryRaw<{ id: string; version: string }[]>`
        SELECT agent_instances.id::text AS id, concat(accounts.updated_at, '/', agent_instances.updated_at) AS version
        FROM agent_instances JOIN accounts ON accounts.id = agent_instances.account_id
        WHERE agent_instances.id = ANY(${ids}::uuid[])
          AND agent_instances.status = 'active' AND accounts.status = 'active'`;
      return new Map(rows.map((row) => [row.id, row.version]));
    });
  }
}

function cacheKey(accountSlug: string, agentSlug: string): string {
  return `${accountSlug}/${agentSlug}`;
}
