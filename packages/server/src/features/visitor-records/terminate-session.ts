import type { AccountTransaction } from '../../db/index.ts';
import { endCredentials } from '../sessions/index.ts';
import { sessionNotFound } from './session-not-found.ts';

/**
 * Ends a conversation, and everything its visitor is recognised by in the account, on every device. What was said stays.
 *
 * @throws {AppError} NOT_FOUND
 */
export async function terminateSession(tx: AccountTransaction, accountId: string, sessionId: string): Promise<void> {
  const session = await tx.session.findFirst({ where: { accountId, id: sessionId }, select: { sessionKey: true } });
  if (!session) throw sessionNotFound();
  await tx.session.updateMany({ where: { accountId, id: sessionId, endedAt: null }, data: { endedAt: new Date() } });
  await endCredentials(tx, accountId, session.sessionKey);
}
