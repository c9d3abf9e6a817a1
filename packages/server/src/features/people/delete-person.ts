import { stepIntoAccount, type PersonTransaction } from '../../db/index.ts';
import { AppError } from '../../errors.ts';
import { recordAudit } from '../audit/index.ts';
import type { PeopleDependencies, Whereabouts } from './dependencies.ts';
import { guardTries } from './guard-tries.ts';
import { endLoginSessions, type SignedIn } from './login-session.ts';
import { personDeletedMail } from './mails.ts';
import { loginRefused } from './people-errors.ts';
import { leaveOneAccount } from './remove-member.ts';
import { personActor } from './whereabouts.ts';

/**
 * Deletes a person's sign-in for good: they leave every account, every device is signed out, and address, name and password
 * are gone. Logs keep their id, which names nobody then.
 *
 * @throws {AppError} UNAUTHENTICATED for the wrong password, FORBIDDEN for the last owner of an account, RATE_LIMIT_EXCEEDED
 */
export async function deletePerson(
  people: PeopleDependencies,
  { userId, email }: SignedIn,
  { password, knownDevice }: { password: string; knownDevice: string | null },
  from: Whereabouts,
): Promise<void> {
  const { database, passwords, mailer } = people;
  await guardTries(people, { address: from.address ?? '', email, knownDevice }, async () => {
    const { passwordHash } = await database.withPerson({ userId }, (tx) =>
      tx.user.findUniqueOrThrow({ where: { id: userId } }),
    );
    if (!(await passwords.isRight(password, passwordHash))) throw loginRefused();
  });
  await database.withPerson({ userId }, async (tx) => {
    const left = await leaveEveryAccount(tx, userId, from);
    const ended = await endLoginSessions(tx, userId);
    await tx.user.deleteMany({ where: { id: userId } });
    await recordAudit(tx, personActor(userId, from), {
      action: 'person.deleted',
      after: { accounts_left: left, sessions_ended: ended },
    });
  });
  mailer.post(personDeletedMail(email));
}

/** @returns how many */
async function leaveEveryAccount(tx: PersonTransaction, userId: string, from: Whereabouts): Promise<number> {
  // Always in the same order, so that two people of the same accounts do not wait for each other in a circle.
  const memberships = () => tx.userRole.findMany({ where: { userId }, orderBy: { accountId: 'asc' } });
  const left = await memberships();
  for (const { accountId } of left) {
    const inside = await stepIntoAccount(tx, accountId);
    const account = await inside.account.findUniqueOrThrow({ where: { id: accountId } });
    await leaveOneAccount(inside, userId, account, from);
  }
  // Nobody is let into an account from here on: that takes a lock on the person's row.
  await tx.$queryRaw`SELECT id FROM users WHERE id = ${userId}::uuid FOR UPDATE`;
  if ((await memberships()).length > 0) {
    throw new AppError('FORBIDDEN', 'You have just joined or opened another account. Try again.');
  }
  return left.length;
}
