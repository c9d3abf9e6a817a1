import type { Message } from '@salient/shared-types';
import type { AccountTransaction } from '../../db/index.ts';
import { sessionNotFound } from './session-not-found.ts';

/** More than any conversation should have; the rest is in the visitor's export. */
const MAX_MESSAGES = 1000;

export interface SessionDetail {
  id: string;
  visitor_id: string | null;
  status: 'open' | 'ended';
  on_hold: boolean;
  /** What is known of the visitor. Unverified: they only say so. */
  profile: { field: string; value: string; verified: boolean; collides: boolean }[];
  messages: Message[];
}

/**
 * A conversation, to read. Turns that were asked again are left out, as the visitor sees it.
 *
 * @throws {AppError} NOT_FOUND
 */
export async function readSession(
  tx: AccountTransaction,
  accountId: string,
  sessionId: string,
): Promise<SessionDetail> {
  const session = await tx.session.findFirst({ where: { accountId, id: sessionId } });
  if (!session) throw sessionNotFound();
  const messages = await tx.$queryRaw<{ message: Message }[]>`
    SELECT message_json(messages) AS message FROM messages
    WHERE account_id = ${accountId}::uuid AND session_id = ${sessionId}::uuid AND replaced_at IS NULL
    ORDER BY position LIMIT ${MAX_MESSAGES}::integer`;
  const visitor = await tx.visitor.findFirst({
    where: { accountId, sessionKey: session.sessionKey },
    select: {
      id: true,
      profile: {
        select: { field: true, value: true, verified: true, collides: true },
        orderBy: [{ field: 'asc' }, { verified: 'desc' }],
      },
    },
  });
  return {
    id: session.id,
    visitor_id: visitor?.id ?? null,
    status: session.endedAt === null ? 'open' : 'ended',
    on_hold: session.heldAt !== null,
    profile: visitor?.profile ?? [],
    messages: messages.map(({ message }) => message),
  };
}
