import type { Request, Response } from 'express';
import type { Database } from '../../db/index.ts';
import type { Agent } from '../agents/index.ts';
import { identifyVisitor, type Visitor } from './identify-visitor.ts';
import type { SessionCookie } from './session-cookie.ts';

/** Says who is asking an agent. Brings a newcomer's cookie on its way. */
export type VisitorOf = (req: Request, res: Response, agent: Agent) => Promise<Visitor>;

export function createVisitorOf(database: Database, cookie: SessionCookie, secret: string): VisitorOf {
  return async (req, res, agent) => {
    const visitor = await identifyVisitor(database, cookie, secret, {
      accountId: agent.accountId,
      agentInstanceId: agent.id,
      cookieHeader: req.get('Cookie'),
      authorizationHeader: req.get('Authorization'),
      expectsCredential: req.get('X-Salient-Session') === 'expected',
    });
    if (visitor.setCookie) res.append('Set-Cookie', visitor.setCookie);
    return visitor;
  };
}
