import type { Request, RequestHandler } from 'express';
import { setActor } from '../../access/actor.ts';
import type { Permission } from '../../access/roles.ts';
import { SCOPE_OF_PERMISSION, type Scope } from '../../access/scopes.ts';
import type { Database } from '../../db/index.ts';
import { AppError } from '../../errors.ts';
import { clientAddressOf } from '../../http/client-address.ts';
import { contextOf } from '../../http/request-context.ts';
import { accountNotFound, type LastUsed } from '../agents/index.ts';
import { findKey, type KeyHolder } from './find-key.ts';

/** Lets machines in whose key has that scope. `keyOf` and `actorOf` say who it is. */
export type EnterWithKey = (scope: Scope) => RequestHandler;

export interface KeyDoors {
  enterWithKey: EnterWithKey;
  /** Lets machines in where people need a permission that a scope covers; everybody else as `enter` does. */
  orWithKey(enter: (permission: Permission) => RequestHandler): (permission: Permission) => RequestHandler;
}

const holders = new WeakMap<Request, KeyHolder>();

/** The key of a route behind `enterWithKey`. */
export function keyOf(req: Request): KeyHolder {
  const holder = holders.get(req);
  if (!holder) throw new Error('route without a key');
  return holder;
}

/** Refusals are UNAUTHENTICATED without a key that is good, and FORBIDDEN with one that is not for this. */
export function createKeyDoors(database: Database, lastUsed: LastUsed): KeyDoors {
  return {
    enterWithKey: (scope) => async (req, _res, next) => {
      await enter(req, scope);
      next();
    },

    orWithKey: (enterAccount) => (permission) => {
      const forPeople = enterAccount(permission);
      return async (req, res, next) => {
        if (req.get('X-API-Key') === undefined) {
          await forPeople(req, res, next);
          return;
        }
        const { accountSlug } = await enter(req, SCOPE_OF_PERMISSION[permission] ?? null);
        if (accountSlug !== req.params['account']) throw accountNotFound();
        next();
      };
    },
  };

  async function enter(req: Request, scope: Scope | null): Promise<KeyHolder> {
    const holder = await findKey(database, req.get('X-API-Key'));
    if (!holder) throw new AppError('UNAUTHENTICATED', 'Send a key that is good in the X-API-Key header.');
    if (scope === null) throw new AppError('FORBIDDEN', 'No key can do this. Sign in instead.');
    if (!holder.scopes.includes(scope)) throw new AppError('FORBIDDEN', `This key lacks the scope ${scope}.`);
    lastUsed.touch(holder.id);
    holders.set(req, holder);
    setActor(req, {
      kind: 'key',
      id: holder.id,
      accountId: holder.accountId,
      accountSlug: holder.accountSlug,
      role: null,
      address: clientAddressOf(req),
      requestId: contextOf(req).requestId,
    });
    return holder;
  }
}
