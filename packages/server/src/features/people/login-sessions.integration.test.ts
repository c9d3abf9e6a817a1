import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { queryAsOwnerOf } from '../../../test/owner-access.ts';
import { addMember, browserOf, createPerson, errorOf, TEST_PASSWORD, type Person } from '../../../test/person.ts';
import { startTestServer, type TestServer } from '../../../test/start-test-server.ts';
import { clearExpiredSignIns } from './clear-expired-sign-ins.ts';

const REFUSED = [401, 'UNAUTHENTICATED'];

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});

afterAll(() => server.stop());

function logIn(browser: Person, email: string, password = TEST_PASSWORD): Promise<Response> {
  return browser.send('POST', '/auth/login', { email, password });
}

/** A browser that kept what another one had at this moment. */
function copyOf(person: Person): (path?: string) => Promise<Response> {
  const headers = { Cookie: person.cookies() };
  return (path = '/auth/me') => fetch(new URL(path, server.url), { headers });
}

describe('the cookies', () => {
  const attributesOf = (response: Response) =>
    response.headers.getSetCookie().map((line) => {
      const [pair = '', ...attributes] = line.split('; ');
      return [pair.replace(/=.*/, ''), attributes.toSorted().join('; ')];
    });

  it('are read by no script and sent by no other site', async () => {
    const { email } = await createPerson(server);
    expect(attributesOf(await logIn(browserOf(server.url), email))).toEqual([
      ['salient_login', 'HttpOnly; Max-Age=2592000; Path=/; SameSite=Lax'],
      ['salient_device', 'HttpOnly; Max-Age=34560000; Path=/; SameSite=Lax'],
    ]);
  });

  it('in production are tied to the host and to HTTPS', async () => {
    const production = await startTestServer({
      environment: { NODE_ENV: 'production', SALIENT_SECRET: 'a secret of the test, long enough' },
    });
    try {
      const { email, ...person } = await createPerson(production);
      expect(attributesOf(await logIn(browserOf(production.url), email))).toEqual([
        ['__Host-salient_login', 'HttpOnly; Max-Age=2592000; Path=/; SameSite=Lax; Secure'],
        ['__Host-salient_device', 'HttpOnly; Max-Age=34560000; Path=/; SameSite=Lax; Secure'],
      ]);
      // A name without the prefix could have been set by a sibling domain or over plain http.
      const headers = { Cookie: person.cookies().replaceAll('__Host-', '') };
      expect((await fetch(new URL('/auth/me', production.url), { headers })).status).toBe(401);
      expect((await person.fetch('/auth/me')).status).toBe(200);
    } finally {
      await production.stop();
    }
  });
});

describe('a session', () => {
  it('begins anew with every sign-in, and the one before ends (V8)', async () => {
    const person = await createPerson(server);
    const before = copyOf(person);
    expect((await before()).status).toBe(200);
    await logIn(person, person.email);
    expect((await before()).status).toBe(401);
    expect((await person.fetch('/auth/me')).status).toBe(200);
    expect(await (await person.fetch('/auth/sessions')).json()).toHaveLength(1);
  });

  it('cannot be planted: signing in at a browser with somebody else’s token ends that token', async () => {
    const attacker = await createPerson(server);
    const victim = await createPerson(server);
    const planted = attacker.cookies().split('; ')[0] ?? '';
    const response = await fetch(new URL('/auth/login', server.url), {
      method: 'POST',
      headers: { Cookie: planted, Origin: server.url, 'Content-Type': 'application/json' },
      body: JSON.stringify({ email: victim.email, password: TEST_PASSWORD }),
    });
    expect(response.headers.getSetCookie()[0]).not.toContain(planted);
    expect((await attacker.fetch('/auth/me')).status).toBe(401);
  });

  it('goes on under a new token when the password changes, and all others end (V8)', async () => {
    const person = await createPerson(server);
    const [here, elsewhere] = [copyOf(person), browserOf(server.url)];
    await logIn(elsewhere, person.email);
    const change = (current_password: string) =>
      person.send('POST', '/auth/password/change', { current_password, new_password: 'a new password' });
    expect(await errorOf(await change('a wrong password'))).toEqual(REFUSED);
    expect((await here()).status).toBe(200);
    expect((await change(TEST_PASSWORD)).status).toBe(204);
    expect((await here()).status).toBe(401);
    expect((await elsewhere.fetch('/auth/me')).status).toBe(401);
    expect((await person.fetch('/auth/me')).status).toBe(200);
  });

  it('ends when its person becomes something else; whoever changes themself goes on under a new token (V8)', async () => {
    const owner = await createPerson(server, { account: 'acme', role: 'owner' });
    const other = await createPerson(server, { account: 'acme', role: 'member' });
    const setRole = (userId: string, role: string) =>
      owner.send('POST', `/accounts/acme/users/${userId}/role`, { role });
    expect((await setRole(other.id, 'owner')).status).toBe(200);
    expect((await other.fetch('/auth/me')).status).toBe(401);
    const before = copyOf(owner);
    expect((await setRole(owner.id, 'viewer')).status).toBe(200);
    expect((await before()).status).toBe(401);
    expect((await owner.fetch('/accounts/acme/users')).status).toBe(200);
    expect((await setRole(owner.id, 'owner')).status).toBe(403);
  });

  it('ends after some days without use, and after some more in any case (V12)', async () => {
    const idle = await createPerson(server);
    const old = await createPerson(server);
    const fresh = await createPerson(server);
    const { database } = server.running;
    await queryAsOwnerOf(
      database,
      `UPDATE user_sessions SET last_used_at = now() - interval '7 days 1 minute' WHERE user_id = '${idle.id}'`,
    );
    await queryAsOwnerOf(
      database,
      `UPDATE user_sessions SET expires_at = now() - interval '1 second' WHERE user_id = '${old.id}'`,
    );
    await queryAsOwnerOf(
      database,
      `UPDATE user_sessions SET last_used_at = now() - interval '6 days 23 hours' WHERE user_id = '${fresh.id}'`,
    );
    expect((await idle.fetch('/auth/me')).status).toBe(401);
    expect((await old.fetch('/auth/me')).status).toBe(401);
    expect((await fresh.fetch('/auth/me')).status).toBe(200);
    const [row] = await queryAsOwnerOf<{ age: number }>(
      database,
      `SELECT extract(epoch FROM now() - last_used_at)::integer AS age FROM user_sessions WHERE user_id = '${fresh.id}'`,
    );
    expect(row?.age).toBeLessThan(3600);
  });

  it('is listed with its device, and can be ended one by one or all at once (V12)', async () => {
    const person = await createPerson(server);
    const phone = browserOf(server.url);
    await phone.fetch('/auth/login', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'User-Agent': 'Phone/1.0' },
      body: JSON.stringify({ email: person.email, password: TEST_PASSWORD }),
    });
    const list = async () =>
      (await (await person.fetch('/auth/sessions')).json()) as { id: string; device: string; is_current: boolean }[];
    const sessions = await list();
    expect(sessions).toHaveLength(2);
    expect(sessions.filter(({ is_current: isCurrent }) => isCurrent)).toHaveLength(1);
    const ofPhone = sessions.find(({ device }) => device === 'Phone/1.0');
    expect(ofPhone).toMatchObject({ is_current: false, address: '127.0.0.1' });

    const stranger = await createPerson(server);
    expect(await errorOf(await stranger.send('DELETE', `/auth/sessions/${ofPhone?.id}`))).toEqual([404, 'NOT_FOUND']);
    expect((await phone.fetch('/auth/me')).status).toBe(200);
    expect((await person.send('DELETE', `/auth/sessions/${ofPhone?.id}`)).status).toBe(204);
    expect((await phone.fetch('/auth/me')).status).toBe(401);
    expect(await list()).toHaveLength(1);

    await logIn(phone, person.email);
    const kept = copyOf(person);
    expect((await person.send('DELETE', '/auth/sessions')).status).toBe(204);
    expect((await kept()).status).toBe(401);
    expect((await phone.fetch('/auth/me')).status).toBe(401);
  });

  it('ends at the server when somebody signs out: a replay is refused (V9)', async () => {
    const person = await createPerson(server);
    const replay = copyOf(person);
    expect((await person.send('POST', '/auth/logout')).status).toBe(204);
    expect(person.cookies()).not.toContain('salient_login');
    expect(await errorOf(await replay())).toEqual(REFUSED);
    expect((await browserOf(server.url).send('POST', '/auth/logout')).status).toBe(204);
  });

  it('is cleared away once it is over', async () => {
    const person = await createPerson(server);
    const { database } = server.running;
    await queryAsOwnerOf(
      database,
      `UPDATE user_sessions SET expires_at = now() - interval '1 second' WHERE user_id = '${person.id}'`,
    );
    const count = async () =>
      (
        await queryAsOwnerOf<{ count: bigint }>(
          database,
          `SELECT count(*) FROM user_sessions WHERE user_id = '${person.id}'`,
        )
      )[0]?.count;
    expect(await count()).toBe(1n);
    await clearExpiredSignIns(database, server.running.config.app.people);
    expect(await count()).toBe(0n);
    expect((await (await createPerson(server)).fetch('/auth/me')).status).toBe(200);
  });
});

describe('guessing a password', () => {
  it('is slowed down from one network, says when to try again, and does not lock the owner’s device out', async () => {
    const owner = await createPerson(server);
    const attacker = browserOf(server.url);
    const statuses = [];
    let last: Response | undefined;
    for (let guess = 0; guess < 11; guess += 1) {
      last = await logIn(attacker, owner.email, `guess number ${guess}`);
      statuses.push(last.status);
    }
    expect(statuses).toEqual([...Array.from({ length: 10 }, () => 401), 429]);
    expect(Number(last?.headers.get('Retry-After'))).toBeGreaterThan(0);
    expect(await errorOf(last!)).toEqual([429, 'RATE_LIMIT_EXCEEDED']);
    // The right one does not help the attacker now, and the owner is at the same address.
    expect((await logIn(attacker, owner.email)).status).toBe(429);
    expect((await logIn(owner, owner.email)).status).toBe(200);
    await owner.send('POST', '/auth/logout');
    expect((await logIn(owner, owner.email)).status).toBe(200);
  });

  it('is slowed down on a known device as well, for its person', async () => {
    const owner = await createPerson(server);
    for (let guess = 0; guess < 10; guess += 1) await logIn(owner, owner.email, `guess number ${guess}`);
    expect((await logIn(owner, owner.email)).status).toBe(429);
  });

  it('is not made easier by a device cookie of one’s own, nor by one that is made up', async () => {
    const [attacker, owner] = [await createPerson(server), await createPerson(server)];
    const forged = browserOf(server.url);
    const made = attacker.cookies().replace(/salient_device=[\w-]{22}/, `salient_device=${'A'.repeat(22)}`);
    const guess = async (cookies: string) => {
      const response = await forged.fetch('/auth/login', {
        method: 'POST',
        headers: { Cookie: cookies, 'Content-Type': 'application/json' },
        body: JSON.stringify({ email: owner.email, password: 'a wrong guess' }),
      });
      return response.status;
    };
    const statuses = [];
    for (let number = 0; number < 6; number += 1) statuses.push(await guess(attacker.cookies()), await guess(made));
    expect(statuses.filter((status) => status === 429)).toHaveLength(2);
  });

  it('by signing in rightly costs nothing', async () => {
    const owner = await createPerson(server);
    await addMember(server, owner.id, 'acme', 'viewer');
    for (let time = 0; time < 12; time += 1) {
      expect((await logIn(browserOf(server.url), owner.email)).status).toBe(200);
    }
  });
});
