import type { Request } from 'express';
import type { Actor } from '../../access/actor.ts';
import { clientAddressOf } from '../../http/client-address.ts';
import { contextOf } from '../../http/request-context.ts';
import type { Whereabouts } from './dependencies.ts';

const MAX_DEVICE_CHARS = 200;

export function whereaboutsOf(req: Request): Whereabouts {
  return {
    address: clientAddressOf(req),
    device: (req.get('User-Agent') ?? '').slice(0, MAX_DEVICE_CHARS),
    requestId: contextOf(req).requestId,
  };
}

/** A person outside of any account. Null: nobody known. */
export function personActor(id: string | null, { address, requestId }: Whereabouts): Actor {
  return { kind: 'user', id, accountId: null, accountSlug: null, role: null, address, requestId };
}
