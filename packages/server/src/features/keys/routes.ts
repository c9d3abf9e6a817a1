import type { RequestHandler } from 'express';
import { actorOf } from '../../access/actor.ts';
import type { Database } from '../../db/index.ts';
import { validate } from '../../http/validate.ts';
import { createKey } from './create-key.ts';
import { listKeys } from './list-keys.ts';
import { revokeKey } from './revoke-key.ts';
import { createKeySchema, keyPathSchema } from './schemas.ts';

/** The handlers of an account's keys, behind `enterAccount`. `K` is `/accounts/{account}/admin/keys`. */
export function createKeyRoutes(database: Database) {
  /** `GET K` */
  const list: RequestHandler = async (req, res) => {
    res.set('Cache-Control', 'no-store').json({ keys: await listKeys(database, actorOf(req).accountId) });
  };

  /** `POST K` */
  const create: RequestHandler = async (req, res) => {
    const body = validate(createKeySchema, req.body, 'body');
    res
      .set('Cache-Control', 'no-store')
      .status(201)
      .json(await createKey(database, actorOf(req), body));
  };

  /** `DELETE K/{id}` */
  const revoke: RequestHandler = async (req, res) => {
    const { key_id: keyId } = validate(keyPathSchema, req.params, 'path');
    await revokeKey(database, actorOf(req), keyId);
    res.set('Cache-Control', 'no-store').status(204).end();
  };

  return { list, create, revoke };
}
