import type { SessionInfo } from '@salient/shared-types';
import express, { type Express } from 'express';
import type { Config } from './config.ts';
import type { Database } from './db/index.ts';
import { AppError } from './errors.ts';
import {
  agentFromPath,
  agentOperations,
  createAgentRoutes,
  createEnterAgent,
  createFindFramers,
  listAgents,
  type Agent,
  type AgentDirectory,
} from './features/agents/index.ts';
import { auditOperations, createAuditRoutes } from './features/audit/index.ts';
import {
  conversationOperations,
  createConversationRoutes,
  stopAnyTurn,
  type ConversationDependencies,
  type ModelChoices,
} from './features/conversations/index.ts';
import { createIdentityKeyRoutes, createIdentityRoutes, identityOperations } from './features/identity/index.ts';
import { ownPagesOnly, peopleOperations, type People } from './features/people/index.ts';
import {
  createAnomalyNotes,
  createFindUser,
  createSessionCookie,
  createSessionRoutes,
  createVisitorOf,
  sessionOperations,
  sessionRules,
} from './features/sessions/index.ts';
import { createVisitorRecordRoutes, visitorRecordOperations } from './features/visitor-records/index.ts';
import { rememberClientAddress } from './http/client-address.ts';
import { errorHandler, notFound } from './http/error-handler.ts';
import { jsonBody } from './http/json-body.ts';
import { allowAnyToAsk } from './http/origin-guard.ts';
import { serveSite, type SiteFolders } from './http/site.ts';
import { serveWidget } from './http/serve-widget.ts';
import { requestContext } from './http/request-context.ts';
import { securityHeaders } from './http/security-headers.ts';
import { serve } from './http/serve.ts';
import { createHealthRoutes, healthOperations } from './http/health.ts';
import { createMetricsRoute, metricsOperation } from './http/metrics-route.ts';
import type { Limiter } from './limits/index.ts';
import type { Logger } from './log.ts';
import type { Metrics } from './metrics.ts';
import { serveApiDescription } from './openapi/routes.ts';

/** What the older addresses, which name no account, mean. */
const DEFAULT_ACCOUNT = 'default_account';

export interface AppDependencies {
  config: Config;
  database: Database;
  directory: AgentDirectory;
  models: ModelChoices;
  conversations: ConversationDependencies;
  people: People;
  limiter: Limiter;
  log: Logger;
  metrics: Metrics;
  /** Whether new work is taken: false while draining. */
  isReady: () => boolean;
  site: SiteFolders;
}

/** Every address of the server, in the order a request meets them. `A` is one agent of one account. */
export function createApp(dependencies: AppDependencies): Express {
  const { config, database, directory, models, people } = dependencies;
  const visitors = {
    database,
    cookie: createSessionCookie(config.app.session, config),
    secret: config.secret,
    rules: sessionRules(config.app.session),
    notes: createAnomalyNotes(database, dependencies.limiter),
  };
  const visitorOf = createVisitorOf(visitors, createFindUser(people.enterAccount));
  const enterAgent = createEnterAgent(directory);

  const health = createHealthRoutes(database, dependencies.isReady);
  const agents = createAgentRoutes({ database, directory, app: config.app, answererOf: models.answererOf });
  const conversations = createConversationRoutes({
    conversations: dependencies.conversations,
    visitorOf,
    maxMessageChars: config.app.chat.max_message_chars,
  });
  const sessions = createSessionRoutes({
    database,
    visitors,
    visitorOf,
    enterAgent,
    defaultAgent: () => findDefaultAgent(database, directory),
    describeModel: (agent) => describeModel(agent, models),
  });

  const identity = createIdentityRoutes(visitors);

  const app = express();
  app.disable('x-powered-by').set('etag', false).set('query parser', 'simple');
  app.use(requestContext(dependencies.log, dependencies.metrics), securityHeaders);
  const { trusted_proxies: trusted, forwarded_header: header } = config.app.http;
  app.use(rememberClientAddress({ trusted, header }));

  // These only read, and hold the request itself against the agent's list.
  const anyMayAsk = { preflight: [allowAnyToAsk] };

  serve(app, '/health', [], { get: health.live });
  serve(app, '/ready', [], { get: health.ready });
  const metricsAccess = { token: config.metricsToken, openWithoutToken: !config.production };
  serve(app, '/metrics', [], { get: createMetricsRoute(dependencies.metrics, metricsAccess) });

  serve(app, '/accounts/:account/agents', [], { get: agents.list }, anyMayAsk);

  const A = '/accounts/:account/agents/:agent';
  const inAgent = [agentFromPath(enterAgent)];
  serve(app, `${A}/config`, inAgent, { get: agents.config });
  serve(app, `${A}/health`, inAgent, { get: agents.health });
  serve(app, `${A}/chat`, inAgent, { post: [jsonBody, conversations.chat] });
  serve(
    app,
    `${A}/stream`,
    inAgent,
    { get: conversations.streamByGet, post: [jsonBody, conversations.stream] },
    { changes: true },
  );
  serve(app, `${A}/history`, inAgent, { get: conversations.history });
  serve(app, `${A}/turns/:turn_id/stop`, inAgent, { post: conversations.stop });
  serve(app, `${A}/messages/:message_id/feedback`, inAgent, { post: [jsonBody, conversations.feedback] });
  serve(app, `${A}/session/token`, inAgent, { post: sessions.token });
  serve(app, `${A}/identify`, inAgent, { post: [jsonBody, identity.identify] });
  serve(app, `${A}/session/signout`, inAgent, { post: [jsonBody, sessions.signout] });
  serve(app, `${A}/session/reset`, inAgent, { post: sessions.reset });

  serve(app, '/api/session', [], { get: sessions.info }, anyMayAsk);
  serve(app, '/api/session/:session_id/usage', [], { get: sessions.usage }, anyMayAsk);

  // Older clients: the same behaviour under the addresses they know.
  serve(app, '/accounts/:account/chat/:agent_type/:agent', inAgent, { post: [jsonBody, conversations.chat] });
  serve(
    app,
    '/accounts/:account/agents/:agent_type/:agent/stream',
    inAgent,
    { get: conversations.streamByGet, post: [jsonBody, conversations.stream] },
    { changes: true },
  );
  const inDefaultAgent: express.RequestHandler[] = [
    async (req, res, next) => {
      await enterAgent(req, res, await findDefaultAgent(database, directory));
      next();
    },
  ];
  serve(app, '/chat', inDefaultAgent, { post: [jsonBody, conversations.chat] });
  serve(app, '/events/stream', inDefaultAgent, { get: conversations.streamByGet }, { changes: true });

  servePeople(app, people, createAuditRoutes(database));
  serveVisitorRecords(app, people, {
    keys: createIdentityKeyRoutes(visitors),
    records: createVisitorRecordRoutes({
      database,
      stopAnswer: (accountId, turnId) => stopAnyTurn(dependencies.conversations, accountId, turnId),
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
    ...auditOperations,
  ]);
  serveWidget(app, dependencies.site.widget, createFindFramers(directory));
  serveSite(app, dependencies.site);
  app.use(notFound, errorHandler);
  return app;
}

/** What the people of an account see of its visitors, and do about it. */
function serveVisitorRecords(
  app: Express,
  { enterAccount }: People,
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
  serve(app, `${admin}/identity-keys`, [manageKeys], { get: keys.list, post: [jsonBody, keys.create] });
  serve(app, `${admin}/identity-keys/:key_id`, [manageKeys], { delete: keys.revoke });
  serve(app, `${admin}/sessions`, [read], { get: records.list });
  serve(app, `${admin}/sessions/:session_id`, [read], { get: records.read });
  serve(app, `${admin}/sessions/:session_id/terminate`, [manage], { post: records.terminate });
  serve(app, `${admin}/sessions/:session_id/hold`, [manage], { put: [jsonBody, records.hold] });
  serve(app, `${admin}/visitors/:visitor_id`, [manage], { delete: records.erase });
  serve(app, `${admin}/visitors/:visitor_id/export`, [manage], { get: records.export });
  serve(app, '/accounts/:account/export', [enterAccount('export_account')], { get: records.exportWhole });
  const mayErase = enterAccount('delete_account');
  serve(app, '/accounts/:account', [mayErase], { delete: [jsonBody, records.eraseWhole] });
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

  serve(app, '/auth/me', [], { get: [requireLogin, own.me] });
  serve(app, '/auth/sessions', [], {
    get: [requireLogin, own.sessions],
    delete: [requireLogin, own.endAllSessions],
  });
  serve(app, '/auth/sessions/:session_id', [], { delete: [requireLogin, own.endSession] });
  serve(app, '/auth/password/change', [], { post: [requireLogin, jsonBody, own.changePassword] });
  serve(app, '/auth/audit', [], { get: [requireLogin, own.audit] });
  serve(app, '/auth/accounts/:account', [], { delete: [requireLogin, own.leave] });
  serve(app, '/accounts', [], { post: [requireLogin, jsonBody, own.openAccount] });

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
