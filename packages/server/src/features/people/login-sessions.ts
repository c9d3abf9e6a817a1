import type { z } from 'zod';
import { AppError } from '../../errors.ts';
import { recordAudit } from '../audit/index.ts';
import type { PeopleDependencies, Whereabouts } from './dependencies.ts';
import { endLoginSessions, idleSince, type SignedIn } from './login-session.ts';
import type { loginSessionSchema } from './replies.ts';
import { personActor } from './whereabouts.ts';

type LoginSession = z.output<typeof loginSessionSchema>;

/** Every device that the person is signed in with, the latest used first. */
export async function listLoginSessions(
  { database, settings }: PeopleDependencies,
  { userId, sessionId }: SignedIn,
): Promise<LoginSession[]> {
  const rows = await database.withPerson({ userId }, (tx) =>
    tx.userSession.findMany({
      where: { userId, expiresAt: { gt: new Date() }, lastUsedAt: { gt: idleSince(settings) } },
      orderBy: [{ lastUsedAt: 'desc' }, { id: 'asc' }],
    }),
  );
  return rows.map((row) => ({
    id: row.id,
    device: row.device,
    address: row.address,
    created_at: row.createdAt.toISOString(),
    last_used_at: row.lastUsedAt.toISOString(),
    expires_at: row.expiresAt.toISOString(),
    is_current: row.id === sessionId,
  }));
}

/**
 * Signs one device out, at once and everywhere.
 *
 * @throws {AppError} NOT_FOUND
 */
export async function endLoginSession(
  { database }: PeopleDependencies,
  userId: string,
  sessionId: string,
  from: Whereabouts,
): Promise<void> {
  await database.withPerson({ userId }, async (tx) => {
    const { count } = await tx.userSession.deleteMany({ where: { id: sessionId, userId } });
    if (count === 0) throw new AppError('NOT_FOUND', 'There is no such session.');
    await recordAudit(tx, personActor(userId, from), {
      action: 'session.ended',
      target: { kind: 'login_session', id: sessionId },
    });
  });
}

/** Signs every device out, this one as well. */
export async function endAllLoginSessions(
  { database }: PeopleDependencies,
  userId: string,
  from: Whereabouts,
): Promise<void> {
  await database.withPerson({ userId }, async (tx) => {
    const ended = await endLoginSessions(tx, userId);
    await recordAudit(tx, personActor(userId, from), { action: 'session.all_ended', after: { sessions_ended: ended } });
  });
}
