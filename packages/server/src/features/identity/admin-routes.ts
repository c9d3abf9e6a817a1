import type { RequestHandler } from 'express';
import { actorOf } from '../../access/actor.ts';
import type { Database } from '../../db/index.ts';
import { AppError } from '../../errors.ts';
import { validate } from '../../http/validate.ts';
import { recordAudit } from '../audit/index.ts';
import { createIdentityKey, listIdentityKeys, revokeIdentityKey, type IdentityKeyRow } from './identity-keys.ts';
import { createIdentityKeySchema, identityKeyPathSchema } from './schemas.ts';

/** The keys that an account vouches with. They run behind `enterAccount`. */
export function createIdentityKeyRoutes({ database, secret }: { database: Database; secret: string }) {
  /** `GET .../admin/identity-keys` */
  const list: RequestHandler = async (req, res) => {
    const { accountId } = actorOf(req);
    const rows = await database.withAccount(accountId, (tx) => listIdentityKeys(tx, accountId));
    res.set('Cache-Control', 'no-store').json({ identity_keys: rows.map(shown) });
  };

  /** `POST .../admin/identity-keys` */
  const create: RequestHandler = async (req, res) => {
    const { algorithm, public_key: publicKey } = validate(createIdentityKeySchema, req.body, 'body');
    const actor = actorOf(req);
    const { accountId } = actor;
    const made = await database.withAccount(accountId, async (tx) => {
      const created = await createIdentityKey(tx, secret, { accountId, algorithm, publicKey: publicKey ?? null });
      const target = { kind: 'identity_key', id: created.row.id };
      await recordAudit(tx, actor, {
        action: 'identity_key.created',
        target,
        after: { kid: created.row.kid, algorithm },
      });
      return created;
    });
    res
      .set('Cache-Control', 'no-store')
      .status(201)
      .json({ ...shown(made.row), secret: made.secret });
  };

  /** `DELETE .../admin/identity-keys/{key_id}` */
  const revoke: RequestHandler = async (req, res) => {
    const { key_id: id } = validate(identityKeyPathSchema, req.params, 'path');
    const actor = actorOf(req);
    const revoked = await database.withAccount(actor.accountId, async (tx) => {
      const row = await revokeIdentityKey(tx, actor.accountId, id);
      if (row) {
        const target = { kind: 'identity_key', id };
        await recordAudit(tx, actor, { action: 'identity_key.revoked', target, before: { kid: row.kid } });
      }
      return row;
    });
    if (!revoked) throw new AppError('NOT_FOUND', 'There is no such active key.');
    res.set('Cache-Control', 'no-store').json(shown(revoked));
  };

  return { list, create, revoke };
}

function shown({ id, kid, algorithm, createdAt, revokedAt }: IdentityKeyRow) {
  return {
    id,
    kid,
    algorithm,
    created_at: createdAt.toISOString(),
    revoked_at: revokedAt?.toISOString() ?? null,
  };
}
