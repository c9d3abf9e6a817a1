import type { SessionInfo } from '@salient/shared-types';
import express, { type Express, type Request, type RequestHandler } from 'express';
import type { Config } from './config.ts';
import type { Database } from './db/index.ts';
import { AppError } from './errors.ts';
import {
  agentFromPath,
  agentOf,
  agentOperations,
  createAgentRoutes,
  createEnterAgent,
  createFindFramers,
  listAgents,
  type Agent,
  type AgentDirectory,
} from './features/agents/index.ts';
import { agentAdminOperations, createAgentAdminRoutes } from './features/agent-admin/index.ts';
import { auditOperations, createAuditRoutes } from './features/audit/index.ts';
import {
  conversationOperations,
  createConversationRoutes,
  stopAnyTurn,
  type ConversationDependencies,
  type ModelChoices,
} from './features/conversations/index.ts';
import { budgetOperations, createBudgetRoutes } from './features/budgets/index.ts';
import { createUsageRoutes, usageOperations } from './features/usage/index.ts';
import { createIdentityKeyRoutes, createIdentityRoutes, identityOperations } from './features/identity/index.ts';
import { createKeyRoutes, keyOperations, type EnterWithKey, type KeyDoors } from './features/keys/index.ts';
import { createMachineRoutes, machineOperations } from './features/machine/index.ts';
import {
  ownPagesOnly,
  peopleOperations,
  servePeoplePage,
  type EnterAccount,
  type People,
} from './features/people/index.ts';
import {
  createAnomalyNotes,
  createFindSignedIn,
  createFindUser,
  createSessionCookie,
  createSessionRoutes,
  createVisitorOf,
  sessionOperations,
  sessionRules,
} from './features/sessions/index.ts';
import { refuseWithoutHost } from './http/broken-requests.ts';
import { clientAddressOf, networkOf, rememberClientAddress } from './http/client-address.ts';
import {
  createVisitorRecordRoutes,
  visitorRecordOperations,
  type ErasureLog,
} from './features/visitor-records/index.ts';
import { errorHandler, notFound } from './http/error-handler.ts';
import { limitRequests } from './http/limit-requests.ts';
import { jsonBody } from './http/json-body.ts';
import { allowAnyToAsk, refuseForgeries } from './http/origin-guard.ts';
import { serveSite, type SiteFolders } from './http/site.ts';
import { serveWidget } from './http/serve-widget.ts';
import { requestContext } from './http/request-context.ts';
import { securityHeaders } from './http/security-headers.ts';
import { serve, type Methods, type ServeOptions } from './http/serve.ts';
import { createHealthRoutes, healthOperations } from './http/health.ts';
import { createMetricsRoute, metricsOperation } from './http/metrics-route.ts';
import type { Limit, Limits } from './limits/index.ts';
import type { Logger } from './log.ts';
import type { Metrics } from './metrics.ts';
import { serveApiDescription } from './openapi/routes.ts';

/** What the older addresses, which name no account, mean. */
const DEFAULT_ACCOUNT = 'default_account';

export interface AppDependencies {
  config: Config;
  database: Database;
  limits: Limits;
  directory: AgentDirectory;
  models: ModelChoices;
  conversations: ConversationDependencies;
  erasures: ErasureLog;
  people: People;
  keyDoors: KeyDoors;
  log: Logger;
  metrics: Metrics;
  /** Whether new work is taken: false while draining. */
  isReady: () => boolean;
  site: SiteFolders;
}

/** Every address of the server, in the order a request meets them. `A` is one agent of one account. */
export function createApp(dependencies: AppDependencies): Express {
  const { config, database, directory, models, people, keyDoors, limits } = dependencies;
  const visitors = {
    database,
    cookie: createSessionCookie(config.app.session, config),
    secret: config.secret,
    rules: sessionRules(config.app.session),
    notes: createAnomalyNotes(database, { own: limits.ownLimiter, shared: limits.limiter }),
  };
  const findSignedIn = createFindSignedIn(visitors, createFindUser(people));
  const { visitorOf, senderOf } = createVisitorOf(visitors, findSignedIn);
  const enterAgent = createEnterAgent(directory);

  const health = createHealthRoutes(database, dependencies.isReady);
  const agents = createAgentRoutes({ database, directory, app: config.app, answererOf: models.answererOf });
  const conversations = createConversationRoutes({
    conversations: dependencies.conversations,
    visitorOf,
    senderOf,
    maxMessageChars: config.app.chat.max_message_chars,
  });
  const sessions = createSessionRoutes({
    database,
    visitors,
    visitorOf,
    findSignedIn,
    enterAgent,
    defaultAgent: () => findDefaultAgent(database, directory),
    describeModel: (agent) => describeModel(agent, models),
  });

  const { requests_per_minute: requests, changes_per_minute: changes } = config.app.limits.address;
  const networkOfClient = (req: Request) => networkOf(clientAddressOf(req));
  const countRequest = limitRequests(limits.ownLimiter, perMinute('requests', requests), networkOfClient);
  const ofAccount = (req: Request) => `${agentOf(req).accountId} ${networkOfClient(req)}`;
  // What a page made a browser send is refused, and does not count for whoever sits at it.
  const countChange = [refuseForgeries, limitRequests(limits.limiter, perMinute('changes', changes), ofAccount)];
  const identity = createIdentityRoutes(visitors);

  const app = express();
  app.disable('x-powered-by').set('etag', false).set('query parser', 'simple');
  app.use(requestContext(dependencies.log, dependencies.metrics), securityHeaders, refuseWithoutHost);
  const { trusted_proxies: trusted, forwarded_header: header } = config.app.http;
  app.use(rememberClientAddress({ trusted, header }, dependencies.log));

  // What says whether and how the server is asks no limit.
  serve(app, '/health', [], { get: health.live });
  serve(app, '/ready', [], { get: health.ready });
  const metricsAccess = { token: config.metricsToken, openWithoutToken: !config.production };
  serve(app, '/metrics', [], { get: createMetricsRoute(dependencies.metrics, metricsAccess) });

  /** Counts requests before anything is looked up for them, and no preflights: a browser shows nobody why one failed. */
  const serveCounted: Serve = (path, enter, methods, options = {}) =>
    serve(app, path, [countRequest, ...enter], methods, { preflight: enter, ...options });
  // These only read, and hold the request itself against the agent's list.
  const anyMayAsk = { preflight: [allowAnyToAsk] };

  serveCounted('/accounts/:account/agents', [], { get: agents.list }, anyMayAsk);

  const A = '/accounts/:account/agents/:agent';
  const inAgent = [agentFromPath(enterAgent)];
  serve(app, `${A}/config`, inAgent, { get: agents.config });
  serve(app, `${A}/health`, inAgent, { get: agents.health });
  serveCounted(`${A}/chat`, inAgent, { post: [jsonBody, conversations.chat] });
  const stream = { get: conversations.streamByGet, post: [jsonBody, conversations.stream] };
  serveCounted(`${A}/stream`, inAgent, stream, { changes: true });
  serveCounted(`${A}/history`, inAgent, { get: conversations.history });
  serveCounted(`${A}/turns/:turn_id/stop`, inAgent, { post: conversations.stop });
  serveCounted(`${A}/messages/:message_id/feedback`, inAgent, {
    post: [...countChange, jsonBody, conversations.feedback],
  });
  serveCounted(`${A}/session/token`, inAgent, { post: [...countChange, sessions.token] });
  serveCounted(`${A}/session/reset`, inAgent, { post: [...countChange, sessions.reset] });
  serveCounted(`${A}/session/signout`, inAgent, { post: [...countChange, jsonBody, sessions.signout] });
  serveCounted(`${A}/identify`, inAgent, { post: [...countChange, jsonBody, identity.identify] });

  serveCounted('/api/session', [], { get: sessions.info }, anyMayAsk);
  serveCounted('/api/session/:session_id/usage', [], { get: sessions.usage }, anyMayAsk);

  // Older clients: the same behaviour under the addresses they know.
  serveCounted('/accounts/:account/chat/:agent_type/:agent', inAgent, { post: [jsonBody, conversations.chat] });
  serveCounted('/accounts/:account/agents/:agent_type/:agent/stream', inAgent, stream, { changes: true });
  const inDefaultAgent: RequestHandler[] = [
    async (req, res, next) => {
      await enterAgent(req, res, await findDefaultAgent(database, directory));
      next();
    },
  ];
  serveCounted('/chat', inDefaultAgent, { post: [jsonBody, conversations.chat] });
  serveCounted('/events/stream', inDefaultAgent, { get: conversations.streamByGet }, { changes: true });

  servePeoplePage(app);
  servePeople(app, people, createAuditRoutes(database));

  // For people, and for programs where a scope covers it.
  const enterAccount = keyDoors.orWithKey(people.enterAccount);
  const agentAdmin = createAgentAdminRoutes({ database, directory, tiers: config.app.tiers });
  serveCosts(serveCounted, enterAccount, database, config);
  serveAgentAdmin(serveCounted, agentAdmin, enterAccount);
  serveKeys(serveCounted, createKeyRoutes(database), enterAccount('manage_keys'));
  const machine = createMachineRoutes({
    database,
    directory,
    conversations: dependencies.conversations,
    secret: config.secret,
    limit: perMinute('key', config.app.limits.key.turns_per_minute),
    maxMessageChars: config.app.chat.max_message_chars,
  });
  serveMachines(serveCounted, machine, keyDoors.enterWithKey);
  serveVisitorRecords(serveCounted, people.enterAccount, {
    keys: createIdentityKeyRoutes(visitors),
    records: createVisitorRecordRoutes({
      database,
      liveAnswers: {
        stop: (accountId, turnId) => stopAnyTurn(dependencies.conversations, accountId, turnId),
        forget: (turnIds) => dependencies.conversations.relay.forget(turnIds),
      },
      erasures: dependencies.erasures,
    }),
  });

  serveApiDescription(app, [
    ...healthOperations,
    metricsOperation,
    ...agentOperations,
    ...conversationOperations(config.app.chat.max_message_chars),
    ...sessionOperations,
    ...identityOperations,
    ...visitorRecordOperations,
    ...peopleOperations,
    ...usageOperations,
    ...budgetOperations,
    ...agentAdminOperations,
    ...keyOperations,
    ...machineOperations(config.app.chat.max_message_chars),
    ...auditOperations,
  ]);
  serveWidget(app, dependencies.site.widget, createFindFramers(directory));
  serveSite(app, dependencies.site);
  app.use(notFound, errorHandler);
  return app;
}

function perMinute(name: string, burst: number | null): Limit | null {
  return burst === null ? null : { name, burst, perSeconds: 60 };
}

/** What the people of an account see of its visitors, and do about it. */
function serveVisitorRecords(
  serveAt: Serve,
  enterAccount: EnterAccount,
  {
    keys,
    records,
  }: {
    keys: ReturnType<typeof createIdentityKeyRoutes>;
    records: ReturnType<typeof createVisitorRecordRoutes>;
  },
): void {
  const admin = '/accounts/:account/admin';
  const [read, manage] = [enterAccount('read_conversations'), enterAccount('manage_conversations')];
  const manageKeys = enterAccount('manage_keys');
  serveAt(`${admin}/identity-keys`, [manageKeys], { get: keys.list, post: [jsonBody, keys.create] });
  serveAt(`${admin}/identity-keys/:key_id`, [manageKeys], { delete: keys.revoke });
  serveAt(`${admin}/sessions`, [read], { get: records.list });
  serveAt(`${admin}/sessions/:session_id`, [read], { get: records.read });
  serveAt(`${admin}/sessions/:session_id/terminate`, [manage], { post: records.terminate });
  serveAt(`${admin}/sessions/:session_id/hold`, [manage], { put: [jsonBody, records.hold] });
  serveAt(`${admin}/visitors/:visitor_id`, [manage], { delete: records.erase });
  serveAt(`${admin}/visitors/:visitor_id/export`, [manage], { get: records.export });
  serveAt('/accounts/:account/export', [enterAccount('export_account')], { get: records.exportWhole });
  const mayErase = enterAccount('delete_account');
  serveAt('/accounts/:account', [mayErase], { delete: [jsonBody, records.eraseWhole] });
}

async function findDefaultAgent(
  database: Database,
  directory: AgentDirectory,
): Promise<{ account: string; agent: string }> {
  const [first] = await listAgents(database, directory, DEFAULT_ACCOUNT);
  if (!first) throw new AppError('AGENT_NOT_FOUND', 'The default account has no active agent.');
  return { account: DEFAULT_ACCOUNT, agent: first.instance_slug };
}

function describeModel({ config }: Agent, models: ModelChoices): SessionInfo['model'] {
  const { sources } = config;
  return {
    inference_provider: { value: config.llm.inferenceProvider, source: sources.inference_provider },
    model: { value: config.llm.model, source: sources.model },
    temperature: { value: config.llm.temperature, source: sources.temperature },
    max_tokens: { value: config.llm.maxTokens, source: sources.max_tokens },
    history_limit: { value: config.historyLimit, source: sources.history_limit },
    answered_by: models.answererOf(config),
  };
}

/** For the pages of this server itself: no CORS, and changes only from its own origin. */
function servePeople(
  app: Express,
  { auth, own, members, requireLogin, enterAccount }: People,
  audit: ReturnType<typeof createAuditRoutes>,
): void {
  const open = (handler: express.RequestHandler) => ({ post: [ownPagesOnly, jsonBody, handler] });
  serve(app, '/auth/register', [], open(auth.register));
  serve(app, '/auth/verify', [], open(auth.verify));
  serve(app, '/auth/verify/resend', [], open(auth.resend));
  serve(app, '/auth/login', [], open(auth.login));
  serve(app, '/auth/logout', [], { post: [ownPagesOnly, auth.logout] });
  serve(app, '/auth/password/forgot', [], open(auth.forgot));
  serve(app, '/auth/password/reset', [], open(auth.reset));
  serve(app, '/auth/invites/accept', [], open(auth.accept));

  serve(app, '/auth/me', [], { get: [requireLogin, own.me], delete: [requireLogin, jsonBody, own.deleteMe] });
  serve(app, '/auth/sessions', [], {
    get: [requireLogin, own.sessions],
    delete: [requireLogin, own.endAllSessions],
  });
  serve(app, '/auth/sessions/:session_id', [], { delete: [requireLogin, own.endSession] });
  serve(app, '/auth/password/change', [], { post: [requireLogin, jsonBody, own.changePassword] });
  serve(app, '/auth/audit', [], { get: [requireLogin, own.audit] });
  serve(app, '/auth/accounts/:account', [], { delete: [requireLogin, own.leave] });
  serve(app, '/accounts', [], { post: [requireLogin, jsonBody, own.openAccount] });

  serve(app, '/accounts/:account/admin/account', [], {
    get: [enterAccount('read_account'), members.account],
    patch: [enterAccount('edit_account'), jsonBody, members.rename],
  });
  const reading = enterAccount('read_people');
  const managing = enterAccount('manage_people');
  serve(app, '/accounts/:account/users', [], { get: [reading, members.list] });
  serve(app, '/accounts/:account/users/:user_id', [], { delete: [managing, members.remove] });
  serve(app, '/accounts/:account/users/:user_id/role', [], { post: [managing, jsonBody, members.setRole] });
  serve(app, '/accounts/:account/invites', [], {
    get: [managing, members.invites],
    post: [managing, jsonBody, members.invite],
  });
  serve(app, '/accounts/:account/invites/:invite_id', [], { delete: [managing, members.revoke] });

  const auditing = enterAccount('read_audit');
  serve(app, '/accounts/:account/admin/audit', [], { get: [auditing, audit.list] });
  serve(app, '/accounts/:account/admin/audit/check', [], { get: [auditing, audit.check] });
}

/** What an account spends, for its people. */
function serveCosts(serveAt: Serve, enterAccount: EnterAccount, database: Database, config: Config): void {
  const admin = '/accounts/:account/admin';
  const usage = createUsageRoutes({ database });
  const budgets = createBudgetRoutes({ database, tiers: config.app.budgets.tiers });
  serveAt(`${admin}/usage`, [], { get: [enterAccount('read_usage'), usage.summary] });
  serveAt(`${admin}/budget`, [], {
    get: [enterAccount('read_usage'), budgets.get],
    put: [enterAccount('manage_limits'), jsonBody, budgets.set],
  });
  serveAt(`${admin}/notifications`, [], { get: [enterAccount('read_usage'), budgets.notifications] });
}

type Serve = (path: string, enter: RequestHandler[], methods: Methods, options?: ServeOptions) => void;

/** What the people of an account do with its agents. */
function serveAgentAdmin(
  serveAt: Serve,
  agents: ReturnType<typeof createAgentAdminRoutes>,
  enterAccount: EnterAccount,
): void {
  const G = '/accounts/:account/admin/agents';
  const reading = enterAccount('read_agents');
  const editing = enterAccount('edit_agents');
  serveAt(G, [], { get: [reading, agents.list], post: [editing, jsonBody, agents.create] });
  serveAt(`${G}/:agent_id`, [], {
    get: [reading, agents.get],
    patch: [editing, jsonBody, agents.edit],
    delete: [enterAccount('delete_agents'), agents.remove],
  });
  serveAt(`${G}/:agent_id/config`, [], {
    get: [reading, agents.config],
    put: [editing, jsonBody, agents.putConfig],
  });
  serveAt(`${G}/:agent_id/config/versions`, [], { get: [reading, agents.versions] });
  serveAt(`${G}/:agent_id/config/versions/:version`, [], { get: [reading, agents.version] });
  serveAt(`${G}/:agent_id/config/revert`, [], { post: [editing, jsonBody, agents.revert] });
}

function serveKeys(serveAt: Serve, keys: ReturnType<typeof createKeyRoutes>, managing: RequestHandler): void {
  const K = '/accounts/:account/admin/keys';
  serveAt(K, [], { get: [managing, keys.list], post: [managing, jsonBody, keys.create] });
  serveAt(`${K}/:key_id`, [], { delete: [managing, keys.revoke] });
}

/** For programs: a key, and neither cookies nor CORS. */
function serveMachines(
  serveAt: Serve,
  machine: ReturnType<typeof createMachineRoutes>,
  enterWithKey: EnterWithKey,
): void {
  serveAt('/api/v1/chat', [], { post: [enterWithKey('chat'), jsonBody, machine.chat] });
  serveAt('/api/v1/chat/stream', [], { post: [enterWithKey('chat'), jsonBody, machine.stream] });
  serveAt('/api/v1/sessions/:session_id', [], {
    get: [enterWithKey('sessions:read'), machine.session],
    delete: [enterWithKey('sessions:delete'), machine.remove],
  });
  serveAt('/api/v1/sessions/:session_id/history', [], { get: [enterWithKey('sessions:read'), machine.history] });
}
