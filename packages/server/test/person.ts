import { randomUUID } from 'node:crypto';
import type { Role } from '../src/access/roles.ts';
import { createPasswords } from '../src/features/people/password.ts';
import type { TestServer } from './start-test-server.ts';

export const TEST_PASSWORD = 'a password of the tests';

/** Somebody at the console, as the server sees them: keeps cookies, and is on one of the server's own pages. */
export interface Person {
  id: string;
  email: string;
  fetch(path: string, init?: RequestInit): Promise<Response>;
  send(method: string, path: string, body?: unknown): Promise<Response>;
  /** The `Cookie` header. */
  cookies(): string;
  /** The same browser at another process. */
  at(serverUrl: string): Person;
}

export interface PersonOptions {
  email?: string;
  /** The account they belong to, and what they are there. Default: none. */
  account?: string;
  role?: Role;
}

let passwordHash: Promise<string> | undefined;

/** Makes a person, with the password above, who may be in an account, and signs them in. */
export async function createPerson(server: TestServer, options: PersonOptions = {}): Promise<Person> {
  const { email = `${randomUUID()}@people.example`, account, role = 'owner' } = options;
  const { database } = server.running;
  passwordHash ??= createPasswords().hash(TEST_PASSWORD);
  const row = { email, name: 'Somebody', passwordHash: await passwordHash, emailVerifiedAt: new Date() };
  const { id } = await database.withPerson({ email }, (tx) => tx.user.create({ data: row }));
  if (account !== undefined) await addMember(server, id, account, role);
  const person = browserOf(server.url, { id, email });
  const response = await person.send('POST', '/auth/login', { email, password: TEST_PASSWORD });
  if (!response.ok) throw new Error(`login answered ${response.status}: ${await response.text()}`);
  return person;
}

export async function addMember(server: TestServer, userId: string, account: string, role: Role): Promise<void> {
  const { database } = server.running;
  const joined = await database.withAccountSlug(account, async (tx, { id: accountId }) => {
    await tx.userRole.create({ data: { accountId, userId, role } });
    return true;
  });
  if (!joined) throw new Error(`there is no account ${account}`);
}

/** A browser on a page of the server, where nobody has signed in. */
export function browserOf(serverUrl: string, { id = '', email = '' } = {}, jar = new Map<string, string>()): Person {
  const cookies = () => Array.from(jar, ([name, value]) => `${name}=${value}`).join('; ');
  const person: Person = {
    id,
    email,
    cookies,
    async fetch(path, init = {}) {
      const headers = new Headers(init.headers);
      if (!headers.has('Origin')) headers.set('Origin', new URL(serverUrl).origin);
      if (jar.size > 0 && !headers.has('Cookie')) headers.set('Cookie', cookies());
      const response = await fetch(new URL(path, serverUrl), { ...init, headers });
      for (const line of response.headers.getSetCookie()) keep(jar, line);
      return response;
    },
    send: (method, path, body) =>
      person.fetch(path, {
        method,
        ...(body !== undefined && { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }),
      }),
    at: (otherUrl) => browserOf(otherUrl, { id, email }, jar),
  };
  return person;
}

function keep(jar: Map<string, string>, setCookie: string): void {
  const [pair = ''] = setCookie.split(';', 1);
  const name = pair.slice(0, pair.indexOf('='));
  if (/Max-Age=0(;|$)/.test(setCookie)) jar.delete(name);
  else jar.set(name, pair.slice(name.length + 1));
}

/** The token of the last link that went out for this, from the log where development writes its mail. */
export function mailedToken(logs: string, purpose: 'verify_email' | 'reset_password' | 'invite'): string {
  const links = logs.matchAll(new RegExp(`#${purpose}=(\\w\\w_[\\w-]{43})`, 'g'));
  return Array.from(links, ([, token]) => token).at(-1) ?? '';
}

export async function errorOf(response: Response): Promise<[status: number, code: string]> {
  return [response.status, ((await response.json()) as { code: string }).code];
}
