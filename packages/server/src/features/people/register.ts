import { AppError } from '../../errors.ts';
import { becomePerson } from '../../db/index.ts';
import { recordAudit } from '../audit/index.ts';
import type { PeopleDependencies, Whereabouts } from './dependencies.ts';
import { createEmailToken } from './email-token.ts';
import { alreadyRegisteredMail, confirmMail } from './mails.ts';
import { takeMail } from './people-limits.ts';
import { personActor } from './whereabouts.ts';

export interface Registration {
  email: string;
  password: string;
  name?: string | undefined;
}

/**
 * Registers a person, who may sign in once they have confirmed the address. To whoever asks, an address that is registered
 * already looks the same; its owner gets another mail.
 *
 * @throws {AppError} FORBIDDEN where nobody may register, RATE_LIMIT_EXCEEDED
 */
export async function register(
  people: PeopleDependencies,
  registration: Registration,
  from: Whereabouts,
): Promise<void> {
  if (people.settings.registration === 'invited') {
    throw new AppError('FORBIDDEN', 'Nobody registers here without an invitation. Ask an owner of the account.');
  }
  people.mailer.requireMail();
  const { email } = registration;
  await takeMail(people, email, from);
  // Also where it will not be used: the work must not tell.
  const passwordHash = await people.passwords.hash(registration.password);
  const name = registration.name ?? email.slice(0, email.indexOf('@')).slice(0, 100);
  const token = await store(people, { email, passwordHash, name }, from);
  people.mailer.post(
    token === null ? alreadyRegisteredMail(people.publicUrl, email) : confirmMail(people.publicUrl, email, token),
  );
}

/** The token of the link; null where the address has been confirmed before, whose owner alone may change anything. */
function store(
  people: PeopleDependencies,
  person: { email: string; passwordHash: string; name: string },
  from: Whereabouts,
): Promise<string | null> {
  const { email, ...rest } = person;
  return people.database.withPerson({ email }, async (tx) => {
    await tx.user.createMany({ data: [person], skipDuplicates: true });
    const { id, emailVerifiedAt } = await tx.user.findUniqueOrThrow({ where: { email } });
    if (emailVerifiedAt) return null;
    // Nobody has shown yet that the address is theirs, so the latest registration counts, and only its link is good.
    await tx.user.update({ where: { id }, data: rest, select: { id: true } });
    const own = await becomePerson(tx, id);
    const { token } = await createEmailToken(own, people, id, 'verify_email');
    await recordAudit(own, personActor(id, from), { action: 'person.registered', target: { kind: 'user', id } });
    return token;
  });
}
