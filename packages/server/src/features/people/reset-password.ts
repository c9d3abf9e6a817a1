import type { Actor } from '../../access/actor.ts';
import { becomePerson } from '../../db/index.ts';
import { networkOf } from '../../http/client-address.ts';
import { recordAudit } from '../audit/index.ts';
import type { LinkDependencies, PeopleDependencies, Whereabouts } from './dependencies.ts';
import { createEmailToken, findEmailTokenOwner, useEmailToken } from './email-token.ts';
import { endLoginSessions } from './login-session.ts';
import { passwordChangedMail, resetMail } from './mails.ts';
import { linkRefused } from './people-errors.ts';
import { takeAllOrRefuse, takeMail, triesByNetwork } from './people-limits.ts';
import { personActor } from './whereabouts.ts';

/** Sends a link for a new password to whoever is registered with that address. Looks the same for everybody else. */
export async function requestReset(people: PeopleDependencies, email: string, from: Whereabouts): Promise<void> {
  people.mailer.requireMail();
  await takeMail(people, email, from);
  const token = await createResetToken(people, email, personActor(null, from));
  if (token !== null) people.mailer.post(resetMail(people.publicUrl, email, token, people.settings.reset_minutes));
}

/** The token of a link for a new password; null where nobody is registered with that address. */
export function createResetToken(links: LinkDependencies, email: string, askedBy: Actor): Promise<string | null> {
  return links.database.withPerson({ email }, async (tx) => {
    const user = await tx.user.findUnique({ where: { email } });
    if (!user) return null;
    const own = await becomePerson(tx, user.id);
    const { token } = await createEmailToken(own, links, user.id, 'reset_password');
    await recordAudit(own, askedBy, { action: 'password.reset_requested', person: user.id });
    return token;
  });
}

/**
 * Sets a new password by a link. Ends every sign-in of the person. Confirms the address as well: the link went there.
 *
 * @throws {AppError} NOT_FOUND for a link that is not good, RATE_LIMIT_EXCEEDED
 */
export async function resetPassword(
  people: PeopleDependencies,
  { token, password }: { token: string; password: string },
  from: Whereabouts,
): Promise<void> {
  await takeAllOrRefuse(people.limiter, [[triesByNetwork(people.settings), networkOf(from.address ?? '')]]);
  const credentialHash = people.credentials.hashOf('reset_password', token);
  if (credentialHash === null) throw linkRefused();
  const passwordHash = await people.passwords.hash(password);
  const email = await people.database.withPerson({ credentialHash }, async (tx) => {
    const userId = await findEmailTokenOwner(tx, 'reset_password', credentialHash);
    if (userId === null || !(await useEmailToken(tx, credentialHash))) throw linkRefused();
    const own = await becomePerson(tx, userId);
    const { emailVerifiedAt } = await own.user.findUniqueOrThrow({ where: { id: userId } });
    const now = new Date();
    const { email: changed } = await own.user.update({
      where: { id: userId },
      data: { passwordHash, passwordChangedAt: now, emailVerifiedAt: emailVerifiedAt ?? now },
    });
    await own.emailToken.deleteMany({ where: { userId } });
    const sessions = await endLoginSessions(own, userId);
    await recordAudit(own, personActor(userId, from), {
      action: 'password.reset',
      after: { sessions_ended: sessions },
    });
    return changed;
  });
  people.mailer.post(passwordChangedMail(people.publicUrl, email));
}
