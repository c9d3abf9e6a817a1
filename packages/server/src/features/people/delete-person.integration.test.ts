import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { dumpTables, queryAsOwnerOf } from '../../../test/owner-access.ts';
import {
  addMember,
  browserOf,
  createPerson,
  errorOf,
  mailedToken,
  TEST_PASSWORD,
  type Person,
} from '../../../test/person.ts';
import { startTestServer, type TestServer } from '../../../test/start-test-server.ts';
import type { ErrorBody } from '@salient/shared-types';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer({ app: { people: { mails_per_network: 1000, tries_per_network: 1000 } } });
});

afterAll(() => server.stop());

const deleteMe = (person: Person, password = TEST_PASSWORD) => person.send('DELETE', '/auth/me', { password });

const logIn = (person: Person) => person.send('POST', '/auth/login', { email: person.email, password: TEST_PASSWORD });

/** A person's own account. */
async function openAccount(person: Person): Promise<string> {
  const slug = `shop-${randomUUID().slice(0, 8)}`;
  expect((await person.send('POST', '/accounts', { slug, name: 'Shop' })).status).toBe(201);
  return slug;
}

it('takes the password once more, and counts wrong ones', async () => {
  const person = await createPerson(server);
  expect(await errorOf(await deleteMe(person, 'not this one'))).toEqual([401, 'UNAUTHENTICATED']);
  expect(await errorOf(await person.send('DELETE', '/auth/me', {}))).toEqual([422, 'VALIDATION_ERROR']);
  expect((await person.fetch('/auth/me')).status).toBe(200);
  for (let wrong = 1; wrong < 10; wrong += 1) await deleteMe(person, 'not this one');
  expect(await errorOf(await deleteMe(person))).toEqual([429, 'RATE_LIMIT_EXCEEDED']);
});

it('ends every sign-in, every membership and every link, and what is stored of the person names nobody', async () => {
  const person = await createPerson(server);
  const owner = await createPerson(server);
  const account = await openAccount(owner);
  await addMember(server, person.id, account, 'admin');
  const invited = `${randomUUID()}@people.example`;
  await person.send('POST', `/accounts/${account}/invites`, { email: invited, role: 'viewer' });
  const invite = mailedToken(server.logs(), 'invite');
  const elsewhere = await signInElsewhere(person);
  await person.send('POST', '/auth/password/forgot', { email: person.email });
  const reset = mailedToken(server.logs(), 'reset_password');

  const deleted = await deleteMe(person);
  expect([deleted.status, person.cookies()]).toEqual([204, expect.not.stringContaining('salient_login')]);
  expect((await elsewhere.fetch('/auth/me')).status).toBe(401);
  expect(await errorOf(await logIn(person))).toEqual([401, 'UNAUTHENTICATED']);
  for (const [path, token] of [
    ['/auth/password/reset', reset],
    ['/auth/invites/accept', invite],
  ] as const) {
    expect(await errorOf(await owner.send('POST', path, { token, password: TEST_PASSWORD }))).toEqual([
      404,
      'NOT_FOUND',
    ]);
  }
  const members = (await (await owner.fetch(`/accounts/${account}/users`)).json()) as { user_id: string }[];
  expect(members.map(({ user_id }) => user_id)).toEqual([owner.id]);

  const tables = await dumpTables(server.running.database);
  expect(JSON.stringify(tables)).not.toContain(person.email);
  const holders = Object.entries(tables).filter(([, rows]) => rows.some((row) => row.includes(person.id)));
  expect(holders.map(([name]) => name)).toEqual(['audit_events', 'audit_heads']);
});

it('leaves a trace in the logs, by an id alone, whose chains hold', async () => {
  const person = await createPerson(server);
  const owner = await createPerson(server);
  const account = await openAccount(owner);
  await addMember(server, person.id, account, 'member');
  expect((await deleteMe(person)).status).toBe(204);

  const log = (await (await owner.fetch(`/accounts/${account}/admin/audit`)).json()) as { events: object[] };
  expect(log.events[0]).toMatchObject({ action: 'member.left', target: { kind: 'user', id: person.id } });
  const [last] = await queryAsOwnerOf<object>(
    server.running.database,
    `SELECT action, after FROM audit_events WHERE chain_id = '${person.id}' ORDER BY position DESC LIMIT 1`,
  );
  expect(last).toEqual({ action: 'person.deleted', after: { accounts_left: 1, sessions_ended: 1 } });
  expect(await queryAsOwnerOf(server.running.database, 'SELECT * FROM find_audit_breaks()')).toEqual([]);
});

it('is refused to the last owner of an account, by its name, and changes nothing then', async () => {
  const person = await createPerson(server);
  const other = await createPerson(server);
  const shared = await openAccount(other);
  await addMember(server, person.id, shared, 'owner');
  const own = await openAccount(person);
  const refused = await deleteMe(person);
  const { code, detail } = (await refused.json()) as ErrorBody;
  expect([refused.status, code]).toEqual([403, 'FORBIDDEN']);
  expect(detail).toBe(`This is the last owner of the account ${own}. Make somebody else an owner first.`);
  const me = (await (await person.fetch('/auth/me')).json()) as { accounts: { slug: string }[] };
  expect(me.accounts.map(({ slug }) => slug).toSorted()).toEqual([own, shared].toSorted());

  await addMember(server, other.id, own, 'owner');
  expect((await deleteMe(person)).status).toBe(204);
});

it('leaves an owner where all owners delete themselves at once', async () => {
  const people = [await createPerson(server), await createPerson(server), await createPerson(server)];
  const [first] = people;
  if (!first) throw new Error('nobody');
  const accounts = [await openAccount(first), await openAccount(first)];
  for (const account of accounts) {
    for (const person of people.slice(1)) await addMember(server, person.id, account, 'owner');
  }
  const statuses = await Promise.all(people.map(async (person) => (await deleteMe(person)).status));
  expect(statuses.toSorted((one, another) => one - another)).toEqual([204, 204, 403]);
});

it('lets the address register anew, as somebody else', async () => {
  const person = await createPerson(server);
  await deleteMe(person);
  const again = await createPerson(server, { email: person.email });
  expect(again.id).not.toBe(person.id);
});

it('is for nobody who has not signed in, nor for other pages (V5)', async () => {
  const person = await createPerson(server);
  const forged = await person.fetch('/auth/me', {
    method: 'DELETE',
    headers: { Origin: 'https://evil.example', 'Content-Type': 'application/json' },
    body: JSON.stringify({ password: TEST_PASSWORD }),
  });
  expect(await errorOf(forged)).toEqual([403, 'FORBIDDEN']);
  expect((await person.fetch('/auth/me')).status).toBe(200);
});

async function signInElsewhere(person: Person): Promise<Person> {
  const other = browserOf(server.url, person);
  expect((await logIn(other)).status).toBe(200);
  return other;
}
