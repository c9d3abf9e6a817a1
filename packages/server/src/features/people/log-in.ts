import { NOBODY } from '../../db/index.ts';
import { recordAudit } from '../audit/index.ts';
import type { PeopleDependencies, Whereabouts } from './dependencies.ts';
import { guardTries } from './guard-tries.ts';
import { loginRefused } from './people-errors.ts';
import { signIn } from './sign-in.ts';
import { personActor } from './whereabouts.ts';

export interface LoginAttempt {
  email: string;
  password: string;
  /** As `Devices.recognize` says. */
  knownDevice: string | null;
  /** Of the session that the browser came with. */
  presentedHash: string | null;
}

/**
 * Signs in. A wrong password, an unknown address and one that was never confirmed take the same work and give the same
 * answer.
 *
 * @returns the token
 * @throws {AppError} UNAUTHENTICATED, RATE_LIMIT_EXCEEDED
 */
export async function logIn(people: PeopleDependencies, attempt: LoginAttempt, from: Whereabouts): Promise<string> {
  const { email, knownDevice } = attempt;
  return guardTries(people, { address: from.address ?? '', email, knownDevice }, () =>
    tryPassword(people, attempt, from),
  );
}

async function tryPassword(people: PeopleDependencies, attempt: LoginAttempt, from: Whereabouts): Promise<string> {
  const { database, passwords } = people;
  const { email, password, presentedHash } = attempt;
  const user = await database.withPerson({ email }, (tx) => tx.user.findUnique({ where: { email } }));
  // Outside of any transaction: it takes long.
  const isRight = await passwords.isRight(password, user?.passwordHash ?? null);
  if (!user || !isRight || !user.emailVerifiedAt) {
    await database.withPerson({ userId: user?.id ?? NOBODY }, (tx) =>
      recordAudit(tx, personActor(null, from), { action: 'login.failed', person: user?.id }),
    );
    throw loginRefused();
  }
  return database.withPerson({ userId: user.id, credentialHash: presentedHash ?? '' }, async (tx) => {
    // Changed meanwhile, by whoever ended all sessions with it.
    const { passwordHash } = await tx.user.findUniqueOrThrow({ where: { id: user.id } });
    if (passwordHash !== user.passwordHash) throw loginRefused();
    return signIn(tx, people, user.id, from, presentedHash);
  });
}
