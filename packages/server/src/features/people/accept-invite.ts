import type { z } from 'zod';
import { becomePerson, stepIntoAccount, type PersonTransaction } from '../../db/index.ts';
import { AppError } from '../../errors.ts';
import { networkOf } from '../../http/client-address.ts';
import { recordAudit } from '../audit/index.ts';
import type { Role } from '../../access/roles.ts';
import type { PeopleDependencies, Whereabouts } from './dependencies.ts';
import { findLoginSession, type SignedIn } from './login-session.ts';
import { linkRefused } from './people-errors.ts';
import { giveAllBack, takeAllOrRefuse, triesByNetwork, type Counted } from './people-limits.ts';
import type { acceptBodySchema } from './schemas.ts';
import { signIn } from './sign-in.ts';
import { personActor } from './whereabouts.ts';

/**
 * Joins an account by the link of an invite: as whoever has signed in with the invited address, or as somebody new, who gets a
 * password with it. The link went to the address, so it confirms it.
 *
 * @returns the token of a new sign-in, and its address; null for who had signed in already
 * @throws {AppError} NOT_FOUND for a link that is not good, UNAUTHENTICATED for who must sign in first, FORBIDDEN for who has
 *   signed in with another address, VALIDATION_ERROR without a password where one is needed, RATE_LIMIT_EXCEEDED
 */
export async function acceptInvite(
  people: PeopleDependencies,
  body: z.output<typeof acceptBodySchema>,
  presentedHash: string | null,
  from: Whereabouts,
): Promise<{ loginToken: string; email: string } | null> {
  const tries: Counted[] = [[triesByNetwork(people.settings), networkOf(from.address ?? '')]];
  await takeAllOrRefuse(people.limiter, tries);
  const inviteHash = people.credentials.hashOf('invite', body.token);
  if (inviteHash === null) throw linkRefused();
  const invited = await people.database.withPerson({ credentialHash: inviteHash }, (tx) => findInvite(tx, inviteHash));
  const person = presentedHash === null ? null : await findPerson(people, presentedHash);
  const loginToken = person
    ? await joinAs(people, person, invited.email, inviteHash, from)
    : await joinAsNew(people, { ...body, email: invited.email }, inviteHash, from);
  await giveAllBack(people.limiter, tries);
  return loginToken === null ? null : { loginToken, email: invited.email };
}

function findPerson(people: PeopleDependencies, credentialHash: string): Promise<SignedIn | null> {
  return people.database.withPerson({ credentialHash }, (tx) => findLoginSession(tx, people, credentialHash));
}

async function findInvite(tx: PersonTransaction, tokenHash: string) {
  const invite = await tx.accountInvite.findUnique({ where: { tokenHash, expiresAt: { gt: new Date() } } });
  if (!invite) throw linkRefused();
  return invite;
}

async function joinAs(
  { database }: PeopleDependencies,
  { userId, email }: SignedIn,
  invitedEmail: string,
  inviteHash: string,
  from: Whereabouts,
): Promise<null> {
  if (email !== invitedEmail) {
    throw new AppError('FORBIDDEN', 'This invitation is for another e-mail address. Sign in with that one.');
  }
  await database.withPerson({ userId, credentialHash: inviteHash }, (tx) => join(tx, userId, inviteHash, from));
  return null;
}

async function joinAsNew(
  people: PeopleDependencies,
  {
    email,
    password,
    name = email.slice(0, email.indexOf('@')),
  }: { email: string; password?: string | undefined; name?: string | undefined },
  inviteHash: string,
  from: Whereabouts,
): Promise<string> {
  const { database, passwords } = people;
  const known = await database.withPerson({ email }, (tx) => tx.user.findUnique({ where: { email } }));
  if (known?.emailVerifiedAt) throw signInFirst();
  if (password === undefined) throw new AppError('VALIDATION_ERROR', 'password: is required.');
  const passwordHash = await passwords.hash(password);
  return database.withPerson({ email, credentialHash: inviteHash }, async (tx) => {
    await tx.user.createMany({ data: [{ email, name, passwordHash }], skipDuplicates: true });
    // What somebody registered with this address, and never confirmed, counts no more.
    const { count } = await tx.user.updateMany({
      where: { email, emailVerifiedAt: null },
      data: { name, passwordHash, emailVerifiedAt: new Date() },
    });
    if (count === 0) throw signInFirst();
    const { id } = await tx.user.findUniqueOrThrow({ where: { email } });
    const own = await becomePerson(tx, id);
    await own.emailToken.deleteMany({ where: { userId: id } });
    await recordAudit(own, personActor(id, from), { action: 'person.invited', target: { kind: 'user', id } });
    await join(own, id, inviteHash, from);
    return signIn(own, people, id, from, null);
  });
}

/** Uses the invite up. */
async function join(tx: PersonTransaction, userId: string, inviteHash: string, from: Whereabouts): Promise<void> {
  const { id, accountId, role, invitedBy } = await findInvite(tx, inviteHash);
  const inside = await stepIntoAccount(tx, accountId);
  const { count } = await inside.accountInvite.deleteMany({ where: { id, accountId } });
  if (count === 0) throw linkRefused();
  const { slug } = await inside.account.findUniqueOrThrow({ where: { id: accountId } });
  const member = { accountId, userId, role, createdBy: invitedBy };
  const joined = await inside.userRole.createMany({ data: [member], skipDuplicates: true });
  if (joined.count === 0) return;
  const actor = { ...personActor(userId, from), accountId, accountSlug: slug, role: role as Role };
  await recordAudit(inside, actor, { action: 'member.joined', target: { kind: 'user', id: userId }, after: { role } });
}

function signInFirst(): AppError {
  return new AppError('UNAUTHENTICATED', 'You are registered already. Sign in, then open the invitation again.');
}
