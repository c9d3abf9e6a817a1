import type { ConversationOwner } from '../../db/index.ts';
import type { DoneEvent } from '@salient/shared-types';
import { STOPPED } from './ask-model.ts';
import type { ConversationDependencies } from './dependencies.ts';
import { endOf, openTurn } from './follow-turn.ts';

/**
 * Stops generating: closes the provider's socket, keeps and bills what came. Resolves when that is stored, on whichever
 * process the answer is generated. Stopping a turn that has ended changes nothing.
 *
 * @throws {AppError} NOT_FOUND
 */
export async function stopTurn(
  dependencies: ConversationDependencies,
  owner: ConversationOwner,
  turnId: string,
): Promise<{ turn_id: string; status: DoneEvent['status'] }> {
  const turn = await openTurn(dependencies, owner, turnId, 0);
  const live = dependencies.liveTurns.find(owner.accountId, turnId);
  if (live) live.abort.abort(STOPPED);
  else await requestStop(dependencies, owner, turnId);
  const { done } = await endOf(turn);
  return { turn_id: turnId, status: done.status };
}

/** For the process that generates the answer to see. */
async function requestStop(
  { database }: ConversationDependencies,
  owner: ConversationOwner,
  turnId: string,
): Promise<void> {
  await database.withAccount(owner.accountId, (tx) =>
    tx.message.updateMany({
      where: { accountId: owner.accountId, turnId, status: 'pending' },
      data: { stopRequestedAt: new Date() },
    }),
  );
}
