import { becomePerson } from '../../db/index.ts';
import { networkOf } from '../../http/client-address.ts';
import { recordAudit } from '../audit/index.ts';
import type { PeopleDependencies, Whereabouts } from './dependencies.ts';
import { createEmailToken, findEmailTokenOwner, useEmailToken } from './email-token.ts';
import { confirmMail } from './mails.ts';
import { linkRefused, loginRefused } from './people-errors.ts';
import { giveAllBack, takeAllOrRefuse, takeMail, triesByNetwork, type Counted } from './people-limits.ts';
import { signIn } from './sign-in.ts';
import { personActor } from './whereabouts.ts';

export interface Verification {
  token: string;
  /** The one chosen when registering: so that nobody confirms what somebody else registered with their address. */
  password: string;
  presentedHash: string | null;
}

/**
 * Confirms an e-mail address, and signs in.
 *
 * @returns the token of the sign-in, and the address
 * @throws {AppError} NOT_FOUND for a link that is not good, UNAUTHENTICATED for the wrong password, RATE_LIMIT_EXCEEDED
 */
export async function verifyEmail(
  people: PeopleDependencies,
  { token, password, presentedHash }: Verification,
  from: Whereabouts,
): Promise<{ loginToken: string; email: string }> {
  const { database, credentials, passwords, limiter } = people;
  const tries: Counted[] = [[triesByNetwork(people.settings), networkOf(from.address ?? '')]];
  await takeAllOrRefuse(limiter, tries);
  const credentialHash = credentials.hashOf('verify_email', token);
  const user = credentialHash === null ? null : await findOwner(people, credentialHash);
  if (credentialHash === null || !user) throw linkRefused();
  if (!(await passwords.isRight(password, user.passwordHash))) throw loginRefused();
  const loginToken = await database.withPerson({ userId: user.id, credentialHash: presentedHash ?? '' }, async (tx) => {
    // Registered again meanwhile: then the link is gone, too.
    if (!(await useEmailToken(tx, credentialHash))) throw linkRefused();
    await tx.user.update({ where: { id: user.id }, data: { emailVerifiedAt: new Date() }, select: { id: true } });
    await recordAudit(tx, personActor(user.id, from), {
      action: 'person.email_verified',
      target: { kind: 'user', id: user.id },
    });
    return signIn(tx, people, user.id, from, presentedHash);
  });
  await giveAllBack(limiter, tries);
  return { loginToken, email: user.email };
}

function findOwner({ database }: PeopleDependencies, credentialHash: string) {
  return database.withPerson({ credentialHash }, async (tx) => {
    const userId = await findEmailTokenOwner(tx, 'verify_email', credentialHash);
    if (userId === null) return null;
    await becomePerson(tx, userId);
    return tx.user.findUniqueOrThrow({ where: { id: userId } });
  });
}

/** Sends the link again, to whoever has registered and not confirmed. Looks the same for everybody else. */
export async function resendVerification(people: PeopleDependencies, email: string, from: Whereabouts): Promise<void> {
  people.mailer.requireMail();
  await takeMail(people, email, from);
  const token = await people.database.withPerson({ email }, async (tx) => {
    const user = await tx.user.findUnique({ where: { email, emailVerifiedAt: null } });
    if (!user) return null;
    const own = await becomePerson(tx, user.id);
    return (await createEmailToken(own, people, user.id, 'verify_email')).token;
  });
  if (token !== null) people.mailer.post(confirmMail(people.publicUrl, email, token));
}
