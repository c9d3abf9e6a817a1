import type { ConversationOwner } from '../../db/index.ts';
import type { DoneEvent } from '@salient/shared-types';
import { STOPPED } from './ask-model.ts';
import type { ConversationDependencies } from './dependencies.ts';
import { endOf, openTurn } from './follow-turn.ts';
import type { LiveTurns } from './live-turns.ts';

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
  const ended = endOf(await openTurn(dependencies, owner, turnId, 0));
  await stopAnyTurn(dependencies, owner.accountId, turnId);
  const { done } = await ended;
  return { turn_id: turnId, status: done.status };
}

/** Stops a turn that this process answers, and no other. Its end follows. */
export function stopOwnTurn(liveTurns: LiveTurns, accountId: string, turnId: string): boolean {
  const live = liveTurns.find(accountId, turnId);
  live?.abort.abort(STOPPED);
  return live !== undefined;
}

/** Asks for an answer to be stopped, at whichever process it is generated. */
export async function stopAnyTurn(
  dependencies: ConversationDependencies,
  accountId: string,
  turnId: string,
): Promise<void> {
  if (!stopOwnTurn(dependencies.liveTurns, accountId, turnId)) await requestStop(dependencies, accountId, turnId);
}

/** For the process that generates the answer to see: at once by the relay, or when it keeps its drafts. */
async function requestStop(
  { database, relay }: ConversationDependencies,
  accountId: string,
  turnId: string,
): Promise<void> {
  void relay.requestStop(accountId, turnId);
  await database.withAccount(accountId, (tx) =>
    tx.message.updateMany({
      where: { accountId, turnId, status: 'pending' },
      data: { stopRequestedAt: new Date() },
    }),
  );
}
