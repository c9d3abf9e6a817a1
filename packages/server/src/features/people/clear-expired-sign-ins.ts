import type { Database } from '../../db/index.ts';
import type { AppSettings } from '../../config.ts';
import { idleSince } from './login-session.ts';

/** Forgets sign-ins, links and invites that are over. They were not good any more already. */
export async function clearExpiredSignIns(database: Database, settings: AppSettings['people']): Promise<void> {
  const isOver = { expiresAt: { lt: new Date() } };
  await database.asWorker(async (tx) => {
    await tx.userSession.deleteMany({ where: { OR: [isOver, { lastUsedAt: { lt: idleSince(settings) } }] } });
    await tx.emailToken.deleteMany({ where: isOver });
    await tx.accountInvite.deleteMany({ where: isOver });
  });
}
