import { becomePerson, type AccountTransaction, type PersonTransaction } from '../../db/index.ts';
import type { Credential } from './credential.ts';
import type { PeopleDependencies, Whereabouts } from './dependencies.ts';

const DAY_MS = 86_400_000;
/** How far behind `last_used_at` may be, so that not every request writes. */
const TOUCH_MS = 60_000;

/** Somebody who has signed in, by the session they did so with. */
export interface SignedIn {
  userId: string;
  email: string;
  name: string;
  sessionId: string;
}

/** Opens a session. Its token is in the answer's cookie and nowhere else. */
export async function openLoginSession(
  tx: PersonTransaction,
  { credentials, settings }: PeopleDependencies,
  userId: string,
  { device, address }: Whereabouts,
): Promise<Credential> {
  const credential = credentials.create('login');
  const expiresAt = new Date(Date.now() + settings.session_max_days * DAY_MS);
  await tx.userSession.createMany({ data: [{ userId, tokenHash: credential.hash, device, address, expiresAt }] });
  return credential;
}

/** The session with that hash and its person, whom the transaction goes on as. Null when it has ended, by whatever. */
export async function findLoginSession(
  tx: PersonTransaction,
  { settings }: PeopleDependencies,
  tokenHash: string,
): Promise<SignedIn | null> {
  const now = Date.now();
  const session = await tx.userSession.findUnique({
    where: { tokenHash, expiresAt: { gt: new Date(now) }, lastUsedAt: { gt: idleSince(settings) } },
  });
  if (!session) return null;
  await becomePerson(tx, session.userId);
  const { email, name } = await tx.user.findUniqueOrThrow({ where: { id: session.userId } });
  if (session.lastUsedAt.getTime() < now - TOUCH_MS) {
    await tx.userSession.updateMany({ where: { id: session.id }, data: { lastUsedAt: new Date(now) } });
  }
  return { userId: session.userId, email, name, sessionId: session.id };
}

/** Whatever was used last before then has ended. */
export function idleSince({ session_idle_days: days }: PeopleDependencies['settings']): Date {
  return new Date(Date.now() - days * DAY_MS);
}

/** Ends every session of a person, and says how many there were. The transaction goes on as that person as well. */
export async function endLoginSessions(tx: PersonTransaction | AccountTransaction, userId: string): Promise<number> {
  const own = await becomePerson(tx, userId);
  const { count } = await own.userSession.deleteMany({ where: { userId } });
  return count;
}

/** Ends the session of the token that the transaction has as its credential. */
export async function endPresented(tx: PersonTransaction, tokenHash: string): Promise<void> {
  await tx.userSession.deleteMany({ where: { tokenHash } });
}
