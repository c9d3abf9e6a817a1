import type { AccountActor } from '../../access/actor.ts';
import type { Database } from '../../db/index.ts';
import { AppError } from '../../errors.ts';
import { recordAudit } from '../audit/index.ts';
import type { KeyHolder } from '../keys/index.ts';
import { getSession } from './machine-session.ts';

/**
 * Deletes a conversation with all that was said. What it has cost stays on the bill, which holds no text.
 *
 * @throws {AppError} NOT_FOUND, TURN_IN_PROGRESS
 */
export async function deleteSession(
  database: Database,
  key: KeyHolder,
  actor: AccountActor,
  id: string,
): Promise<void> {
  await getSession(database, key, id);
  const { accountId } = key;
  await database.withAccount(accountId, async (tx) => {
    // No turn begins from here on: each takes this lock first.
    await tx.$queryRaw`SELECT id FROM sessions WHERE account_id = ${accountId}::uuid AND id = ${id}::uuid FOR UPDATE`;
    const pending = await tx.message.count({ where: { accountId, sessionId: id, status: 'pending' } });
    if (pending > 0) {
      throw new AppError('TURN_IN_PROGRESS', 'An answer is still under way. Delete the session when it has ended.', {
        headers: { 'Retry-After': '2' },
      });
    }
    const { count } = await tx.session.deleteMany({ where: { accountId, id } });
    if (count > 0) await recordAudit(tx, actor, { action: 'session.deleted', target: { kind: 'session', id } });
  });
}
