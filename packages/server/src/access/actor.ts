import type { Request } from 'express';
import type { Role } from './roles.ts';

/** Who changes something, and where: what the audit log says of them. */
export interface Actor {
  /** `system`: the operator at the command line, or the server itself. */
  kind: 'user' | 'key' | 'system';
  /** Of the person or the key; null for the system, and for nobody known. */
  id: string | null;
  /** Null for what concerns no account. */
  accountId: string | null;
  accountSlug: string | null;
  /** What a person is in the account. */
  role: Role | null;
  /** Network address; null at the command line. */
  address: string | null;
  requestId: string | null;
}

/** An actor inside an account. */
export type AccountActor = Actor & { accountId: string; accountSlug: string };

const actors = new WeakMap<Request, AccountActor>();

export function setActor(req: Request, actor: AccountActor): void {
  actors.set(req, actor);
}

/** Who asks, on a route behind something that lets them into an account. */
export function actorOf(req: Request): AccountActor {
  const actor = actors.get(req);
  if (!actor) throw new Error('route without an actor');
  return actor;
}

/** The server or its operator, in an account or in none. */
export function systemActor(account: { id: string; slug: string } | null = null): Actor {
  return {
    kind: 'system',
    id: null,
    accountId: account?.id ?? null,
    accountSlug: account?.slug ?? null,
    role: null,
    address: null,
    requestId: null,
  };
}
