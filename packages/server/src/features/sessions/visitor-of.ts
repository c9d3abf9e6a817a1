import type { Request, Response } from 'express';
import { AppError } from '../../errors.ts';
import { clientAddressOf } from '../../http/client-address.ts';
import type { Agent } from '../agents/index.ts';
import type { FindUser } from './find-user.ts';
import { hashCredential } from './hash-credential.ts';
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

export function createVisitorOf(dependencies: VisitorDependencies, findSignedIn: FindSignedIn): VisitorOf {
  return async (req, res, agent, { remember = false } = {}) => {
    const mustBeKnown = requiresIdentity(agent);
    const ids = { accountId: agent.accountId, agentInstanceId: agent.id };
    const person = agent.config.identityRequired ? null : await findSignedIn(req, res, agent);
    if (person) {
      if (remember) await openUser(dependencies, { ...ids, ...person });
      return { ...NOT_A_BROWSER, sessionKey: person.sessionKey };
    }
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

/** The person of the console who asks, and the visitor that they are in an account, on whatever device. */
export type FindSignedIn = (
  req: Request,
  res: Response,
  account: { accountId: string; accountSlug: string },
) => Promise<{ userId: string; sessionKey: string } | null>;

export function createFindSignedIn({ secret }: VisitorDependencies, findUser: FindUser): FindSignedIn {
  return async (req, res, { accountId, accountSlug }) => {
    // Their login is shown with every request, on the server's own pages only, so there is nothing to exchange.
    const userId = req.get('Authorization') ? null : await findUser(req, res, accountSlug);
    return userId === null ? null : { userId, sessionKey: hashCredential(secret, accountId, `user:${userId}`) };
  };
}

const NOT_A_BROWSER = { identifiedBy: 'cookie', externalId: null, key: null, isKeyNew: false, token: null } as const;

async function openUser(
  { database }: VisitorDependencies,
  { accountId, userId, sessionKey }: { accountId: string; userId: string; sessionKey: string },
): Promise<void> {
  await database.withAccount(accountId, (tx) =>
    tx.visitor.createMany({ data: [{ accountId, sessionKey, userId }], skipDuplicates: true }),
  );
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
