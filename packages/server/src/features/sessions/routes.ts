import type { Request, RequestHandler, Response } from 'express';
import type { SessionInfo } from '@salient/shared-types';
import type { Database } from '../../db/index.ts';
import { AppError } from '../../errors.ts';
import { allowOrigin, refuseForgery } from '../../http/origin-guard.ts';
import { validate } from '../../http/validate.ts';
import { agentOf, type Agent, type EnterAgent } from '../agents/index.ts';
import { summarizeSessionUsage } from '../usage/index.ts';
import { findOpenSession, findSessionHome, resetSession } from './find-session.ts';
import type { VisitorDependencies } from './identify-visitor.ts';
import { issueToken } from './issue-token.ts';
import { sessionPathSchema, signOutSchema } from './operations.ts';
import { signOut } from './sign-out.ts';
import { bringKey, recogniseVisitor, type FindSignedIn, type VisitorOf } from './visitor-of.ts';

export interface SessionRouteDependencies {
  database: Database;
  visitors: VisitorDependencies;
  visitorOf: VisitorOf;
  findSignedIn: FindSignedIn;
  enterAgent: EnterAgent;
  /** The agent of an address that names none. */
  defaultAgent: () => Promise<{ account: string; agent: string }>;
  describeModel: (agent: Agent) => SessionInfo['model'];
}

interface AgentIds {
  accountId: string;
  agentInstanceId: string;
}

interface OwnSession extends AgentIds {
  sessionId: string;
}

export function createSessionRoutes(dependencies: SessionRouteDependencies) {
  const { database, visitors, visitorOf, findSignedIn } = dependencies;

  /** `POST A/session/token` */
  const token: RequestHandler = async (req, res) => {
    refuseForgery(req);
    const agent = agentOf(req);
    const known = await identify(req, idsOf(agent));
    res.set('Cache-Control', 'no-store').json(
      await issueToken(database, visitors.secret, visitors.rules, {
        accountId: agent.accountId,
        agentInstanceId: agent.id,
        sessionKey: known.identifiedBy === 'none' ? null : known.sessionKey,
        replaces: known.token?.id ?? null,
      }),
    );
  };

  /** `POST A/session/signout` */
  const signout: RequestHandler = async (req, res) => {
    refuseForgery(req);
    const { everywhere } = validate(signOutSchema, req.body ?? {}, 'body');
    const agent = agentOf(req);
    const known = await identify(req, idsOf(agent));
    const { key } = await signOut(visitors, known, { ...idsOf(agent), everywhere });
    bringKey(res, visitors, { key, isKeyNew: known.identifiedBy === 'cookie', token: null });
    res.set('Cache-Control', 'no-store').json({ signed_out: true });
  };

  /** `POST A/session/reset` */
  const reset: RequestHandler = async (req, res) => {
    refuseForgery(req);
    const agent = agentOf(req);
    const visitor = await visitorOf(req, res, agent);
    await resetSession(database, agent.accountId, agent.id, visitor.sessionKey);
    res.set('Cache-Control', 'no-store').json({ session_id: null });
  };

  /** `GET /api/session?account=&agent=` */
  const info: RequestHandler = async (req, res) => {
    const agent = await enterNamedAgent(req, res);
    // As `visitorOf` would take them.
    const person = agent.config.identityRequired ? null : await findSignedIn(req, res, agent);
    const { identifiedBy, sessionKey } = person
      ? ({ identifiedBy: 'login', sessionKey: person.sessionKey } as const)
      : await identify(req, idsOf(agent));
    const session =
      identifiedBy === 'none' ? null : await findOpenSession(database, agent.accountId, agent.id, sessionKey);
    res.set('Cache-Control', 'no-store').json({
      identified_by: identifiedBy,
      session_id: session?.id ?? null,
      account: agent.accountSlug,
      agent: agent.slug,
      model: dependencies.describeModel(agent),
    } satisfies SessionInfo);
  };

  /** `GET /api/session/{session_id}/usage`: of one's own session; any other does not exist. */
  const usage: RequestHandler = async (req, res) => {
    let home: OwnSession;
    try {
      home = await findOwnSession(req, res);
    } catch (error) {
      // A page may read why it failed: there is no agent whose list could forbid it.
      allowOrigin(req, res, []);
      throw error;
    }
    await enterHomeAgent(req, res, home);
    res.set('Cache-Control', 'no-store').json(await summarizeSessionUsage(database, home.accountId, home.sessionId));
  };

  return { token, signout, reset, info, usage };

  /** Like `visitorOf`, for reading only: a stranger stays one, without a cookie. */
  function identify(req: Request, ids: AgentIds) {
    return recogniseVisitor(req, visitors, ids);
  }

  /** The session of the path. Somebody else's looks like none, also to a token that is good elsewhere. */
  async function findOwnSession(req: Request, res: Response): Promise<OwnSession> {
    const { session_id: sessionId } = validate(sessionPathSchema, req.params, 'path');
    const home = await findSessionHome(database, sessionId);
    const isOwn =
      home &&
      (home.sessionKey === (await findVisitorKey(req, home)) ||
        home.sessionKey === (await findSignedIn(req, res, home))?.sessionKey);
    if (!isOwn) {
      throw new AppError('NOT_FOUND', 'There is no such session.');
    }
    return { sessionId, accountId: home.accountId, agentInstanceId: home.agentInstanceId };
  }

  async function findVisitorKey(req: Request, agent: AgentIds): Promise<string | null> {
    try {
      const { sessionKey } = await identify(req, agent);
      return sessionKey;
    } catch (error) {
      if (error instanceof AppError && error.code === 'UNAUTHENTICATED') return null;
      throw error;
    }
  }

  /** The agent of `?account=&agent=`, or the default one. */
  async function enterNamedAgent(req: Request, res: Response): Promise<Agent> {
    const { account, agent } = req.query;
    const address =
      account === undefined && agent === undefined ? await dependencies.defaultAgent() : { account, agent };
    return dependencies.enterAgent(req, res, address);
  }

  async function enterHomeAgent(req: Request, res: Response, home: AgentIds): Promise<void> {
    const names = await database.withAccount(home.accountId, (tx) =>
      tx.agentInstance.findUniqueOrThrow({
        where: { id: home.agentInstanceId, accountId: home.accountId },
        select: { instanceSlug: true, account: { select: { slug: true } } },
      }),
    );
    await dependencies.enterAgent(req, res, { account: names.account.slug, agent: names.instanceSlug });
  }
}

function idsOf({ accountId, id }: Agent): AgentIds {
  return { accountId, agentInstanceId: id };
}
