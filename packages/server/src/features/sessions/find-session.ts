import type { Database } from '../../db/index.ts';

/** The visitor's open conversation with an agent; null before their first message. */
export function findOpenSession(
  database: Database,
  accountId: string,
  agentInstanceId: string,
  sessionKey: string,
): Promise<{ id: string } | null> {
  return database.withAccount(accountId, (tx) =>
    tx.session.findFirst({ where: { accountId, agentInstanceId, sessionKey, endedAt: null }, select: { id: true } }),
  );
}

/**
 * Ends the visitor's open conversation with an agent; their next message begins another. What was said stays with the
 * account. Ending none is no error.
 */
export async function resetSession(
  database: Database,
  accountId: string,
  agentInstanceId: string,
  sessionKey: string,
): Promise<void> {
  await database.withAccount(accountId, (tx) =>
    tx.session.updateMany({
      where: { accountId, agentInstanceId, sessionKey, endedAt: null },
      data: { endedAt: new Date() },
    }),
  );
}

/** Where a session lives, for addresses that name only the session. Says nothing about whose it is. */
export function findSessionHome(
  database: Database,
  sessionId: string,
): Promise<{ accountId: string; accountSlug: string; agentInstanceId: string; sessionKey: string } | null> {
  return database.asWorker(async (tx) => {
    const session = await tx.session.findUnique({
      where: { id: sessionId },
      select: { accountId: true, accountSlug: true, agentInstanceId: true, sessionKey: true },
    });
    if (!session?.accountId || !session.accountSlug || !session.agentInstanceId) return null;
    const { accountId, accountSlug, agentInstanceId, sessionKey } = session;
    return { accountId, accountSlug, agentInstanceId, sessionKey };
  });
}
