import type { AccountActor } from '../../access/actor.ts';
import type { Database } from '../../db/index.ts';
import { AppError } from '../../errors.ts';
import { recordAudit } from '../audit/index.ts';

/** Ends a key, from the next request on. One that has ended stays so. @throws {AppError} NOT_FOUND */
export function revokeKey(database: Database, actor: AccountActor, keyId: string): Promise<void> {
  const { accountId } = actor;
  return database.withAccount(accountId, async (tx) => {
    const { count } = await tx.apiKey.updateMany({
      where: { accountId, id: keyId, revokedAt: null },
      data: { revokedAt: new Date(), revokedBy: actor.kind === 'user' ? actor.id : null },
    });
    const key = await tx.apiKey.findFirst({ where: { accountId, id: keyId }, select: { prefix: true, name: true } });
    if (!key) throw new AppError('NOT_FOUND', 'There is no such key.');
    if (count === 0) return;
    await recordAudit(tx, actor, { action: 'key.revoked', target: { kind: 'key', id: keyId }, before: key });
  });
}
