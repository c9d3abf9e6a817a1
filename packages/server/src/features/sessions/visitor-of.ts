import type { Request, Response } from 'express';
import { AppError } from '../../errors.ts';
import { clientAddressOf } from '../../http/client-address.ts';
import type { Agent } from '../agents/index.ts';
import { identifyVisitor, type Visitor, type VisitorDependencies } from './identify-visitor.ts';

/**
 * Says who is asking an agent. Brings a newcomer's cookie on its way, and a new key to whom it is time for one.
 *
 * @throws {AppError} UNAUTHENTICATED for a credential that is no longer good, and for whom nobody vouches at an agent that
 *   wants it
 */
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
    const mustBeKnown = requiresIdentity(agent);
    const ids = { accountId: agent.accountId, agentInstanceId: agent.id };
    const visitor = await recogniseVisitor(req, dependencies, ids, {
      remember: remember && !mustBeKnown,
      expectsCredential: req.get('X-Salient-Session') === 'expected',
    });
    if (mustBeKnown && visitor.externalId === null) {
      throw new AppError('UNAUTHENTICATED', 'This chat is for people who are signed in. Sign in, then try again.');
    }
    bringKey(res, dependencies, visitor);
    return visitor;
  };
}

/** Whether an agent speaks only with people whom its account vouches for. */
export function requiresIdentity({ config }: Agent): boolean {
  return config.identityRequired || config.access === 'private';
}

/** Who sent a request, as `identifyVisitor`. */
export function recogniseVisitor(
  req: Request,
  dependencies: VisitorDependencies,
  { accountId, agentInstanceId }: { accountId: string; agentInstanceId: string },
  { remember = false, expectsCredential = false } = {},
): Promise<Visitor> {
  return identifyVisitor(dependencies, {
    accountId,
    agentInstanceId,
    cookieHeader: req.get('Cookie'),
    authorizationHeader: req.get('Authorization'),
    expectsCredential,
    address: clientAddressOf(req),
    remember,
  });
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
