import { LRUCache } from 'lru-cache';
import { isDatabaseUnavailable, type Database } from '../../db/index.ts';
import { AppError } from '../../errors.ts';
import type { Logger } from '../../log.ts';
import { accountNotFound, agentMisconfigured, agentNotFound } from './agent-errors.ts';
import { signAgentFiles, signIncludes, signTemplate, type AgentFolders } from './agent-files.ts';
import { describeSettings, type AgentSettings } from './describe-settings.ts';
import { findAgentRow, loadAgent, type Agent, type AgentRow, type AgentVersion } from './load-agent.ts';

const MAX_CACHED_AGENTS = 500;
/** After so many rounds of `refresh` without a look-up an agent rests: the next look-up compares it, and no round before. */
const ROUNDS_UNTIL_REST = 10;

export interface AgentDirectoryOptions {
  database: Database;
  folders: AgentFolders;
  defaultHistoryLimit: number;
  log: Logger;
  /** Called after an agent was loaded for the first time or again, before it serves. */
  onLoad: (agent: Agent) => Promise<void>;
}

/**
 * Finds agents by name. Warm look-ups are one map read; edits of rows and files are noticed by `refresh`, or by the first
 * look-up of an agent that nobody has asked for in a while.
 */
export interface AgentDirectory {
  /** @throws {AppError} ACCOUNT_NOT_FOUND, AGENT_NOT_FOUND or AGENT_MISCONFIGURED */
  get(accountSlug: string, agentSlug: string): Promise<Agent>;
  /** The cached agent, without waiting, unless it rests. */
  peek(accountSlug: string, agentSlug: string): Agent | undefined;
  /** Compares the cached agents that are in use with their rows and files, and loads again what has changed. */
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
  /** Of `refresh`, since it was last looked up. */
  roundsUnused: number;
}

export function createAgentDirectory(options: AgentDirectoryOptions): AgentDirectory {
  const { database, folders, log } = options;
  const cache = new LRUCache<string, CachedAgent>({ max: MAX_CACHED_AGENTS });
  const loading = new Map<string, Promise<Agent>>();

  return {
    peek: (accountSlug, agentSlug) => use(cache.get(cacheKey(accountSlug, agentSlug))),

    async get(accountSlug, agentSlug) {
      const key = cacheKey(accountSlug, agentSlug);
      const cached = cache.get(key);
      const inUse = use(cached);
      if (inUse) return inUse;
      // Many requests at once are one load.
      let load = loading.get(key);
      if (!load) {
        load = (cached ? wake(cached) : loadAndCache(accountSlug, agentSlug)).finally(() => loading.delete(key));
        loading.set(key, load);
      }
      return load;
    },

    async refresh() {
      const used = [...cache.values()].filter((entry) => !isResting(entry));
      for (const entry of used) entry.roundsUnused += 1;
      await compare(used);
    },

    inspect: (row) => describeSettings(row, folders, options.defaultHistoryLimit),
  };

  function isResting({ roundsUnused }: CachedAgent): boolean {
    return roundsUnused >= ROUNDS_UNTIL_REST;
  }

  function use(entry: CachedAgent | undefined): Agent | undefined {
    if (!entry || isResting(entry)) return undefined;
    entry.roundsUnused = 0;
    return entry.agent;
  }

  async function wake(entry: CachedAgent): Promise<Agent> {
    try {
      await compare([entry]);
    } catch (error) {
      // As for any other: what was good serves on, and every round compares it again.
      if (!isDatabaseUnavailable(error)) throw error;
    }
    entry.roundsUnused = 0;
    const { accountSlug, slug } = entry.agent;
    return use(cache.get(cacheKey(accountSlug, slug))) ?? loadAndCache(accountSlug, slug);
  }

  async function compare(entries: CachedAgent[]): Promise<void> {
    if (entries.length === 0) return;
    const edited = await findEditedRows(entries);
    const templates = await signTemplates(entries);
    for (const entry of entries) {
      if (!edited.has(entry.agent.id) && (await areFilesCurrent(entry, templates))) entry.problem = null;
      else await reload(entry);
    }
  }

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
      loaded = { ...(await loadAgent(row, folders, options.defaultHistoryLimit)), problem: null, roundsUnused: 0 };
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

  async function areFilesCurrent(
    { agent: { accountSlug, slug, config, hasFolder }, version }: CachedAgent,
    templates: ReadonlyMap<string, string>,
  ): Promise<boolean> {
    return (
      templates.get(config.agentType) === version.template &&
      (!hasFolder || (await signAgentFiles(folders, accountSlug, slug)) === version.files) &&
      (await signIncludes(folders, config.knowledgeInclude)) === version.includes
    );
  }

  /** Ids of those that were changed or no longer serve. One statement for all, by primary key. */
  function findEditedRows(entries: CachedAgent[]): Promise<Set<string>> {
    const ids = entries.map(({ agent }) => agent.id);
    const versions = entries.map(({ version }) => version.row);
    return database.asWorker(async (tx) => {
      const rows = await tx.$queryRaw<{ id: string }[]>`
        SELECT cached.id::text AS id
        FROM unnest(${ids}::uuid[], ${versions}::text[]) AS cached(id, version)
        LEFT JOIN agent_instances ON agent_instances.id = cached.id AND agent_instances.status = 'active'
        LEFT JOIN accounts ON accounts.id = agent_instances.account_id AND accounts.status = 'active'
        WHERE accounts.id IS NULL
          OR cached.version <> concat(accounts.updated_at, '/', agent_instances.updated_at)`;
      return new Set(rows.map(({ id }) => id));
    });
  }
}

function cacheKey(accountSlug: string, agentSlug: string): string {
  return `${accountSlug}/${agentSlug}`;
}
