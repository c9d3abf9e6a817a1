import { becomePerson, type PersonTransaction } from '../../db/index.ts';
import { recordAudit } from '../audit/index.ts';
import type { PeopleDependencies, Whereabouts } from './dependencies.ts';
import { endPresented, openLoginSession } from './login-session.ts';
import { personActor } from './whereabouts.ts';

/**
 * Signs a person in whose proof has been checked, under a new token. The one the browser came with, whoever's it was, ends.
 *
 * @returns the token
 */
export async function signIn(
  tx: PersonTransaction,
  people: PeopleDependencies,
  userId: string,
  from: Whereabouts,
  presentedHash: string | null,
): Promise<string> {
  if (presentedHash !== null) await endPresented(tx, presentedHash);
  const own = await becomePerson(tx, userId);
  const { token } = await openLoginSession(own, people, userId, from);
  await recordAudit(own, personActor(userId, from), { action: 'login.succeeded', after: { device: from.device } });
  return token;
}
