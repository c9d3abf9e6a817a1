import type { AccountTransaction } from '../../db/index.ts';
import { sessionNotFound } from './session-not-found.ts';

/**
 * Keeps a conversation whatever its age, or lets it go again.
 *
 * @throws {AppError} NOT_FOUND
 */
export async function holdSession(
  tx: AccountTransaction,
  accountId: string,
  sessionId: string,
  onHold: boolean,
): Promise<void> {
  const { count } = await tx.session.updateMany({
    where: { accountId, id: sessionId },
    data: { heldAt: onHold ? new Date() : null },
  });
  if (count === 0) throw sessionNotFound();
}
