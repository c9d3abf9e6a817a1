import { recordAudit } from '../audit/index.ts';
import type { PeopleDependencies, Whereabouts } from './dependencies.ts';
import { endPresented, findLoginSession } from './login-session.ts';
import { personActor } from './whereabouts.ts';

/** Ends the session of that token, everywhere and at once. One that has ended already is no error. */
export async function logOut(people: PeopleDependencies, tokenHash: string, from: Whereabouts): Promise<void> {
  await people.database.withPerson({ credentialHash: tokenHash }, async (tx) => {
    const person = await findLoginSession(tx, people, tokenHash);
    await endPresented(tx, tokenHash);
    if (person) await recordAudit(tx, personActor(person.userId, from), { action: 'logout' });
  });
}
