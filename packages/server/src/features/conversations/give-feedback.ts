import type { Message } from '@salient/shared-types';
import { Prisma } from '../../generated/prisma/client.ts';
import type { ConversationOwner, Database } from '../../db/index.ts';
import { answerNotFound } from './answer-not-found.ts';

export interface FeedbackInput {
  messageId: string;
  /** Null takes back what was said before. */
  feedback: NonNullable<Message['feedback']> | null;
}

/**
 * Keeps what the visitor thinks of an answer of their own.
 *
 * @throws {AppError} NOT_FOUND for any other message
 */
export async function giveFeedback(
  database: Database,
  { accountId, agentInstanceId, sessionKey }: ConversationOwner,
  { messageId, feedback }: FeedbackInput,
): Promise<void> {
  const { count } = await database.withAccount(accountId, (tx) =>
    tx.message.updateMany({
      where: {
        id: messageId,
        accountId,
        agentInstanceId,
        role: 'assistant',
        status: { not: 'pending' },
        session: { is: { sessionKey } },
      },
      data: { feedback: feedback ?? Prisma.DbNull },
    }),
  );
  if (count === 0) throw answerNotFound();
}
