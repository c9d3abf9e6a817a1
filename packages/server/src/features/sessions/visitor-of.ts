import type { Request, Response } from 'express';
import type { Agent } from '../agents/index.ts';
import { identifyVisitor, type Visitor, type VisitorDependencies } from './identify-visitor.ts';

/** Says who is asking an agent. Brings a newcomer's cookie on its way, and a new key to whom it is time for one. */
export type VisitorOf = (
  req: Request,
  res: Response,
  agent: Agent,
  options?: {
    /** The request changes something, so there is a visitor to remember. */
    remember?: boolean;
  },
) => Promise<Visitor>;

export function createVisitorOf(dependencies: VisitorDependencies): VisitorOf {
  return async (req, res, agent, { remember = false } = {}) => {
    const visitor = await identifyVisitor(dependencies, {
      accountId: agent.accountId,
      agentInstanceId: agent.id,
      cookieHeader: req.get('Cookie'),
      authorizationHeader: req.get('Authorization'),
      expectsCredential: req.get('X-Salient-Session') === 'expected',
      remember,
    });
    bringKey(res, dependencies, visitor);
    return visitor;
  };
}

/** What the browser needs to be recognised next time. */
export function bringKey(
  res: Response,
  { cookie }: Pick<VisitorDependencies, 'cookie'>,
  { key, isKeyNew, token }: Pick<Visitor, 'key' | 'isKeyNew' | 'token'>,
): void {
  if (key && isKeyNew) res.append('Set-Cookie', cookie.write(key));
  if (token?.isDue) res.set('X-Salient-Session', 'rotate');
}
