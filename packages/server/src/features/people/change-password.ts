import { recordAudit } from '../audit/index.ts';
import type { PeopleDependencies, Whereabouts } from './dependencies.ts';
import { guardTries } from './guard-tries.ts';
import { endLoginSessions, openLoginSession, type SignedIn } from './login-session.ts';
import { passwordChangedMail } from './mails.ts';
import { loginRefused } from './people-errors.ts';
import { personActor } from './whereabouts.ts';

export interface PasswordChange {
  currentPassword: string;
  newPassword: string;
  knownDevice: string | null;
}

/**
 * Sets a new password. Every sign-in ends but this one, which goes on under a new token.
 *
 * @returns the token
 * @throws {AppError} UNAUTHENTICATED for the wrong password, RATE_LIMIT_EXCEEDED
 */
export async function changePassword(
  people: PeopleDependencies,
  { userId, email }: SignedIn,
  { currentPassword, newPassword, knownDevice }: PasswordChange,
  from: Whereabouts,
): Promise<string> {
  const { database, passwords, mailer } = people;
  const loadHash = () => database.withPerson({ userId }, (tx) => tx.user.findUniqueOrThrow({ where: { id: userId } }));
  const before = await guardTries(people, { address: from.address ?? '', email, knownDevice }, async () => {
    const { passwordHash } = await loadHash();
    if (!(await passwords.isRight(currentPassword, passwordHash))) throw loginRefused();
    return passwordHash;
  });
  const passwordHash = await passwords.hash(newPassword);
  const token = await database.withPerson({ userId }, async (tx) => {
    const { count } = await tx.user.updateMany({
      where: { id: userId, passwordHash: before },
      data: { passwordHash, passwordChangedAt: new Date() },
    });
    if (count === 0) throw loginRefused();
    await tx.emailToken.deleteMany({ where: { userId } });
    const ended = await endLoginSessions(tx, userId);
    const credential = await openLoginSession(tx, people, userId, from);
    await recordAudit(tx, personActor(userId, from), { action: 'password.changed', after: { sessions_ended: ended } });
    return credential.token;
  });
  mailer.post(passwordChangedMail(people.publicUrl, email));
  return token;
}
