import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { createApp } from './app.ts';
import { answerBrokenRequests } from './http/broken-requests.ts';
import { closeServer } from './http/close-server.ts';
import type { Config } from './config.ts';
import { openDatabase, type Database } from './db/index.ts';
import {
  createAgentDirectory,
  createFoundAgents,
  createLastUsed,
  type Agent,
  type AgentDirectory,
  type AgentFolders,
} from './features/agents/index.ts';
import {
  ANNOUNCE_INTERVAL_MS,
  announceBudgets,
  FORGET_VISITORS_INTERVAL_MS,
  forgetVisitorBudgets,
  releaseLostReservations,
} from './features/budgets/index.ts';
import {
  createLiveTurns,
  createMirroredTurns,
  createModelChoices,
  createOrphanWatch,
  createRedisRelay,
  DRAFT_INTERVAL_MS,
  drainTurns,
  keepDrafts,
  noRelay,
  ORPHAN_INTERVAL_MS,
  stopOwnTurn,
  type ConversationDependencies,
  type ModelChoices,
} from './features/conversations/index.ts';
import { pruneConfigVersions } from './features/agent-admin/index.ts';
import { clearExpiredSignIns, createPeople } from './features/people/index.ts';
import { createKeyDoors } from './features/keys/index.ts';
import { indexKnowledge, resolveIncludes } from './features/knowledge/index.ts';
import { CLEAR_EXPIRED_INTERVAL_MS, clearExpired, sessionRules } from './features/sessions/index.ts';
import {
  createErasureLog,
  enforceRetention,
  reapplyErasures,
  RETENTION_INTERVAL_MS,
} from './features/visitor-records/index.ts';
import { createPriceList, readOwnPrices, unpricedModels, type PriceList } from './features/usage/index.ts';
import { openLimits } from './limits/index.ts';
import type { Logger } from './log.ts';
import { createMailer } from './mail/index.ts';
import { createMetrics } from './metrics.ts';
import { createLocalProvider, createProviderFactory } from './providers/index.ts';
import { startJobs } from './jobs.ts';
import { openRedis } from './redis.ts';

/** Room for the longest message in an address, percent-encoded. */
const MAX_HEADER_BYTES = 48 * 1024;
const REFRESH_INTERVAL_MS = 1_000;
const LAST_USED_INTERVAL_MS = 5_000;
const CORRECT_LIMITS_INTERVAL_MS = 1_000;
const FORGET_LIMITS_INTERVAL_MS = 60_000;
const CLEAR_INTERVAL_MS = 3_600_000;
const STATISTICS_INTERVAL_MS = 5_000;
/** How long the rest of an end may take, once the last answer is stored. */
const CLOSE_MS = 1_800;

export interface RunningServer {
  url: string;
  config: Config;
  database: Database;
  directory: AgentDirectory;
  models: ModelChoices;
  prices: PriceList;
  /** Takes no new turns, lets the running ones end, and closes everything. */
  stop(): Promise<void>;
}

export interface ServerFolders {
  /** Where `prisma/`, `packages/` and `examples/` are. */
  project: string;
}

/** Opens the database, finds the agents, and listens. */
export async function startServer(config: Config, folders: ServerFolders, log: Logger): Promise<RunningServer> {
  const database = await openDatabase({
    url: config.databaseUrl,
    dataDirectory: config.dataDirectory,
    prismaDirectory: path.join(folders.project, 'prisma'),
  });
  if (database.migrated.length > 0) log.info({ migrations: database.migrated }, 'database migrated');

  const erasures = createErasureLog(config.erasuresFile, log);
  await reapplyErasures(database, erasures, log);

  const redis = config.redisUrl === null ? null : await openRedis(config.redisUrl, log);

  const agentFolders: AgentFolders = {
    configsDirectory: path.resolve(config.app.agents.configs_directory),
    templatesDirectory: path.resolve(config.app.agents.templates_directory),
    projectDirectory: folders.project,
  };
  const prices = createPriceList(await readOwnPrices(folders.project), {
    prompt: config.app.budgets.unknown_price.prompt_usd,
    completion: config.app.budgets.unknown_price.completion_usd,
  });
  const directory = createAgentDirectory({
    database,
    folders: agentFolders,
    defaultHistoryLimit: config.app.chat.history_limit,
    log,
    onLoad: async (agent) => {
      warnOfUnpriced(agent, prices, log);
      await indexAgent(database, folders.project, agent);
    },
  });
  await createFoundAgents(database, agentFolders, config.app.tiers.configured_accounts, log);

  const keys = { ...config.providerKeys, env: config.readEnvironment };
  const local = createLocalProvider(config.app.llm.local_words_per_second);
  const models = createModelChoices(config, keys, createProviderFactory({ keys, local }));
  const draining = new AbortController();
  const liveTurns = createLiveTurns();
  const metrics = createMetrics({ liveTurns: () => liveTurns.count(), maxLiveTurns: config.app.chat.max_live_turns });
  const stop = (accountId: string, turnId: string) => void stopOwnTurn(liveTurns, accountId, turnId);
  const relay = redis ? createRedisRelay({ client: redis.client, log, stop }) : noRelay;
  const limits = openLimits({
    store: config.app.limits.store,
    database,
    redis: redis?.client ?? null,
    secret: config.secret,
    log,
  });
  const conversations: ConversationDependencies = {
    database,
    models,
    prices,
    tierBudgets: config.app.budgets.tiers,
    liveTurns,
    mirroredTurns: createMirroredTurns({ database, relay, log }),
    relay,
    limits,
    limitSettings: config.app,
    lastUsed: createLastUsed(database),
    log,
    metrics,
    processId: randomUUID(),
    onDisconnect: config.app.chat.on_disconnect,
    maxLiveTurns: config.app.chat.max_live_turns,
    draining: draining.signal,
  };

  const mailer = createMailer({
    smtpUrl: config.smtpUrl,
    from: config.app.people.mail_from,
    logInstead: !config.production,
    log,
  });
  if (config.production && config.smtpUrl === null) {
    log.warn('SMTP_URL is not set: nobody can register or ask for a new password by themselves');
  }
  const people = createPeople({
    database,
    settings: config.app.people,
    confirmsEmail: config.app.people.confirm_email === 'always' || config.production || config.smtpUrl !== null,
    mailer,
    limiter: limits.limiter,
    publicUrl: config.publicUrl,
    secret: config.secret,
    secureCookies: config.secureCookies,
    tiers: config.app.tiers,
  });

  const keysLastUsed = createLastUsed(database, 'api_keys');

  const app = createApp({
    config,
    database,
    limits,
    directory,
    models,
    conversations,
    erasures,
    people,
    keyDoors: createKeyDoors(database, keysLastUsed),
    log,
    metrics,
    isReady: () => !draining.signal.aborted,
    site: {
      widget: path.join(folders.project, 'packages/widget/dist'),
      examples: path.join(folders.project, 'examples'),
    },
  });
  const server = createServer({ maxHeaderSize: MAX_HEADER_BYTES, requireHostHeader: false }, app);
  answerBrokenRequests(server);
  // What else a request expects than `100-continue` may be passed over (RFC 9110, section 10.1.1).
  server.on('checkExpectation', app);
  // A stream may be silent for longer than any request of another kind would take.
  server.requestTimeout = 30_000;
  server.keepAliveTimeout = 65_000;
  await listen(server, config);

  const jobs = startJobs(log, [
    { name: 'notice edited agents', everyMs: REFRESH_INTERVAL_MS, run: () => directory.refresh() },
    { name: 'keep drafts', everyMs: DRAFT_INTERVAL_MS, run: () => keepDrafts(conversations) },
    { name: 'end orphaned turns', everyMs: ORPHAN_INTERVAL_MS, run: createOrphanWatch(conversations) },
    { name: 'correct limits', everyMs: CORRECT_LIMITS_INTERVAL_MS, run: () => limits.corrections.flush() },
    { name: 'forget full limits', everyMs: FORGET_LIMITS_INTERVAL_MS, run: () => database.limits.forgetFull() },
    { name: 'announce budgets', everyMs: ANNOUNCE_INTERVAL_MS, run: () => announceBudgets(conversations) },
    { name: 'release lost money', everyMs: ORPHAN_INTERVAL_MS, run: () => releaseLostReservations(conversations) },
    { name: 'forget visitors', everyMs: FORGET_VISITORS_INTERVAL_MS, run: () => forgetVisitorBudgets(conversations) },
    {
      name: 'clear expired sign-ins',
      everyMs: CLEAR_INTERVAL_MS,
      run: () => clearExpiredSignIns(database, config.app.people),
    },
    {
      name: 'clear expired sessions',
      everyMs: CLEAR_EXPIRED_INTERVAL_MS,
      run: () => clearExpired(database, sessionRules(config.app.session)),
    },
    {
      name: 'delete old conversations',
      everyMs: RETENTION_INTERVAL_MS,
      run: () => enforceRetention(database, config.app.retention),
    },
    { name: 'refresh statistics', everyMs: STATISTICS_INTERVAL_MS, run: () => database.refreshStatistics() },
    {
      name: 'clear old versions of configurations',
      everyMs: CLEAR_INTERVAL_MS,
      run: () => pruneConfigVersions(database, config.app.agents.keep_config_versions),
    },
    { name: 'note last use', everyMs: LAST_USED_INTERVAL_MS, run: () => conversations.lastUsed.flush() },
    { name: 'note last use of keys', everyMs: LAST_USED_INTERVAL_MS, run: () => keysLastUsed.flush() },
  ]);

  return {
    url: addressOf(server, config.host),
    config,
    database,
    directory,
    models,
    prices,
    async stop() {
      // Still listening: readiness says 503, readers of running answers can still come back.
      draining.abort();
      await drainTurns(liveTurns, config.app.chat.drain_seconds * 1000);
      // What hangs now, such as a lost database, ends with the process.
      await Promise.race([closeAll(), wait(CLOSE_MS, undefined, { ref: false })]);
    },
  };

  async function closeAll(): Promise<void> {
    await closeServer(server);
    await jobs.stop();
    await mailer.close();
    await relay.close();
    await limits.corrections.flush();
    redis?.close();
    await conversations.lastUsed.flush();
    await keysLastUsed.flush();
    await database.close();
  }
}

async function indexAgent(database: Database, projectDirectory: string, agent: Agent): Promise<void> {
  const own = agent.knowledgeFiles.map((file) => ({ file, name: path.basename(file), url: null }));
  const included = await resolveIncludes(projectDirectory, agent.config.knowledgeInclude);
  await indexKnowledge(database, { accountId: agent.accountId, agentInstanceId: agent.id }, [...own, ...included]);
}

/** Bills are only as complete as the prices, so whoever sets an agent up hears of it before the first call. */
function warnOfUnpriced({ accountSlug, slug, config }: Agent, prices: PriceList, log: Logger): void {
  const unpriced = unpricedModels([config.llm, ...config.llm.fallbacks], prices);
  if (unpriced.length > 0) log.warn({ account: accountSlug, agent: slug, unpriced }, 'no price known');
}

function listen(server: Server, { port, host }: Config): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function addressOf(server: Server, host: string): string {
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return `http://${host === '0.0.0.0' || host === '::' ? 'localhost' : host}:${port}`;
}
