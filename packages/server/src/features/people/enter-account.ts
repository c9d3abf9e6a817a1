import type { Request, RequestHandler } from 'express';
import { z } from 'zod';
import { setActor } from '../../access/actor.ts';
import { mayDo, type Permission, type Role } from '../../access/roles.ts';
import { lookAtAccount } from '../../db/index.ts';
import { refuseOtherPages } from '../../http/origin-guard.ts';
import { contextOf } from '../../http/request-context.ts';
import { validate } from '../../http/validate.ts';
import { clientAddressOf } from '../../http/client-address.ts';
import { accountNotFound, slugSchema } from '../agents/index.ts';
import type { PeopleDependencies } from './dependencies.ts';
import { findLoginSession, type SignedIn } from './login-session.ts';
import type { LoginCookies } from './login-cookies.ts';
import { notSignedIn, tooLittleRole } from './people-errors.ts';

const accountPathSchema = z.looseObject({ account: slugSchema });
const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Lets whoever has signed in and may do that into an account. `actorOf` says who it is.
 *
 * @param slug default: `:account` of the path
 */
export type EnterAccount = (permission: Permission, slug?: string) => RequestHandler;

const signedIn = new WeakMap<Request, SignedIn>();

/** Who has signed in, behind `enterAccount` or `requireLogin`. */
export function signedInOf(req: Request): SignedIn {
  const person = signedIn.get(req);
  if (!person) throw new Error('route without a person');
  return person;
}

/**
 * @throws {AppError} UNAUTHENTICATED without a session; ACCOUNT_NOT_FOUND for an account that is not there, is not active
 *   or has no such member; FORBIDDEN for too small a role, or for a change that a foreign page asks for
 */
export function createEnterAccount(people: PeopleDependencies, cookies: LoginCookies): EnterAccount {
  return (permission, named) => async (req, _res, next) => {
    const slug = named ?? validate(accountPathSchema, req.params, 'path').account;
    const found = await findMember(req, slug);
    if (!found) throw notSignedIn();
    if (!SAFE_METHODS.has(req.method)) refuseOtherPages(req);
    const { person, account } = found;
    if (!account) throw accountNotFound();
    if (!mayDo(account.role, permission)) throw tooLittleRole();
    signedIn.set(req, person);
    setActor(req, {
      kind: 'user',
      id: person.userId,
      accountId: account.id,
      accountSlug: slug,
      role: account.role,
      address: clientAddressOf(req),
      requestId: contextOf(req).requestId,
    });
    next();
  };

  /** One transaction, and no memory of the last one: what is revoked is gone with the next request, at every process. */
  async function findMember(req: Request, slug: string) {
    const credentialHash = cookies.presentedHash(req);
    if (credentialHash === null) return null;
    return people.database.withPerson({ credentialHash }, async (tx) => {
      const person = await findLoginSession(tx, people, credentialHash);
      if (!person) return null;
      await lookAtAccount(tx, slug);
      const account = await tx.account.findUnique({ where: { slug, status: 'active' }, select: { id: true } });
      const member =
        account && (await tx.userRole.findFirst({ where: { accountId: account.id, userId: person.userId } }));
      return { person, account: member ? { id: member.accountId, role: member.role as Role } : null };
    });
  }
}

/** For what a person does outside of any account. */
export function createRequireLogin(people: PeopleDependencies, cookies: LoginCookies): RequestHandler {
  return async (req, _res, next) => {
    const credentialHash = cookies.presentedHash(req);
    const person =
      credentialHash &&
      (await people.database.withPerson({ credentialHash }, (tx) => findLoginSession(tx, people, credentialHash)));
    if (!person) throw notSignedIn();
    if (!SAFE_METHODS.has(req.method)) refuseOtherPages(req);
    signedIn.set(req, person);
    next();
  };
}
