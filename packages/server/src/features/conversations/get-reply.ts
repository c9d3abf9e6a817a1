import type { ChatReply } from '@salient/shared-types';
import type { ConversationOwner } from '../../db/index.ts';
import { AppError } from '../../errors.ts';
import { answerNotFound } from './answer-not-found.ts';
import type { ConversationDependencies } from './dependencies.ts';
import { endOf, openTurn } from './follow-turn.ts';

/**
 * Waits for a turn to end and gives it whole.
 *
 * @throws {AppError} UPSTREAM_ERROR, UPSTREAM_TIMEOUT or INTERNAL_ERROR when nothing was answered
 */
export async function getReply(
  dependencies: ConversationDependencies,
  owner: ConversationOwner,
  turnId: string,
): Promise<ChatReply> {
  const turn = await openTurn(dependencies, owner, turnId, 0);
  const { done, fault } = await endOf(turn);
  if (done.status === 'error' && fault) throw new AppError(fault.code, fault.detail);

  const stored = await dependencies.database.conversations.readTurn(owner, turnId);
  if (!stored) throw answerNotFound();
  return {
    session_id: stored.session_id,
    message: stored.answer,
    user_message: stored.question,
    usage: stored.usage,
  };
}
