import type { Request, Response } from 'express';
import { AppError } from '../../errors.ts';
import { clientAddressOf } from '../../http/client-address.ts';
import type { Agent } from '../agents/index.ts';
import type { FindUser } from './find-user.ts';
import { hashCredential } from './hash-credential.ts';
import {
  enter,
  expectVisitor,
  identifyVisitor,
  type Visitor,
  type VisitorDependencies,
  type VisitorRequest,
} from './identify-visitor.ts';
import { knownSender, type Sender } from './sender.ts';

/**
 * Says who is asking an agent. Brings a newcomer's cookie on its way, and a new key to whom it is time for one.
 *
 * @throws {AppError} UNAUTHENTICATED for a credential that is no longer good, and for whom nobody vouches at an agent that
 *   wants it
 */
export type VisitorOf = (req: Request, res: Response, agent: Agent) => Promise<Visitor>;

/**
 * The same for who sends a message, and so is a visitor to remember. Leaves it to the statement that stores the message to
 * look them up, where it can.
 */
export type SenderOf = (req: Request, res: Response, agent: Agent) => Promise<Sender>;

export function createVisitorOf(
  dependencies: VisitorDependencies,
  findSignedIn: FindSignedIn,
): { visitorOf: VisitorOf; senderOf: SenderOf } {
  return {
    async visitorOf(req, res, agent) {
      const person = await signedInTo(req, res, agent);
      return person ? { ...NOT_A_BROWSER, sessionKey: person.sessionKey } : asVisitor(req, res, agent, false);
    },

    async senderOf(req, res, agent) {
      const person = await signedInTo(req, res, agent);
      if (person) {
        await openUser(dependencies, agent, person);
        return knownSender(person.sessionKey);
      }
      if (requiresIdentity(agent) || req.get('Authorization') !== undefined) {
        return knownSender((await asVisitor(req, res, agent, true)).sessionKey);
      }
      const expected = expectVisitor(dependencies, requestOf(req, agent, { remember: true }));
      return {
        sessionKey: expected.visitor.sessionKey,
        entry: expected.entry,
        async prove(entered) {
          const visitor = await (entered ? expected.judge(entered) : enter(dependencies, expected));
          bringKey(res, dependencies, visitor);
          return visitor.sessionKey;
        },
      };
    },
  };

  async function signedInTo(req: Request, res: Response, agent: Agent): Promise<SignedIn | null> {
    return agent.config.identityRequired ? null : findSignedIn(req, res, agent);
  }

  async function asVisitor(req: Request, res: Response, agent: Agent, remember: boolean): Promise<Visitor> {
    const mustBeKnown = requiresIdentity(agent);
    const request = requestOf(req, agent, { remember: remember && !mustBeKnown });
    const visitor = await identifyVisitor(dependencies, request);
    if (mustBeKnown && visitor.externalId === null) {
      throw new AppError('UNAUTHENTICATED', 'This chat is for people who are signed in. Sign in, then try again.');
    }
    bringKey(res, dependencies, visitor);
    return visitor;
  }
}

function requestOf(
  req: Request,
  { accountId, id: agentInstanceId }: Agent,
  { remember }: { remember: boolean },
): VisitorRequest {
  const expectsCredential = req.get('X-Salient-Session') === 'expected';
  return { ...readRequest(req), accountId, agentInstanceId, expectsCredential, remember };
}

/** A person of the console, and the visitor that they are in an account, on whatever device. */
export interface SignedIn {
  userId: string;
  sessionKey: string;
}

/** The person of the console who asks. */
export type FindSignedIn = (
  req: Request,
  res: Response,
  account: { accountId: string; accountSlug: string },
) => Promise<SignedIn | null>;

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
  { accountId }: Agent,
  { userId, sessionKey }: SignedIn,
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
  ids: { accountId: string; agentInstanceId: string },
  { remember = false } = {},
): Promise<Visitor> {
  return identifyVisitor(dependencies, { ...readRequest(req), ...ids, expectsCredential: false, remember });
}

function readRequest(req: Request) {
  return {
    cookieHeader: req.get('Cookie'),
    authorizationHeader: req.get('Authorization'),
    address: clientAddressOf(req),
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
