import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCluster, type Cluster } from './cluster.ts';
import { browserOf, mailedToken, type Person } from './person.ts';
import type { SpawnedServer } from './spawn-server.ts';

const PASSWORD = 'a password of the tests';

let cluster: Cluster;
let first: SpawnedServer;
let second: SpawnedServer;

beforeAll(async () => {
  cluster = await createCluster({ models: { 'acme/helper': 'echo' } });
  first = await cluster.start({ LOG_LEVEL: 'info' });
  second = await cluster.start({ LOG_LEVEL: 'info' });
});

afterAll(() => cluster.close());

async function register(email: string): Promise<Person> {
  const browser = browserOf(first.url, { email });
  const before = mailedToken(first.output(), 'verify_email');
  await browser.send('POST', '/auth/register', { email, password: PASSWORD });
  await expect.poll(() => mailedToken(first.output(), 'verify_email')).not.toBe(before);
  const token = mailedToken(first.output(), 'verify_email');
  const verified = await browser.send('POST', '/auth/verify', { token, password: PASSWORD });
  expect(verified.status).toBe(200);
  const { id } = (await verified.json()) as { id: string };
  return { ...browser, id };
}

describe('what one process takes away is gone at another with the next request (V12)', () => {
  it('a session, by signing out, signing out everywhere, and a new password', async () => {
    const person = await register('first@people.example');
    const elsewhere = () => person.at(second.url);
    const logIn = async (password = PASSWORD) => {
      const response = await person.send('POST', '/auth/login', { email: person.email, password });
      expect(response.status).toBe(200);
      expect((await elsewhere().fetch('/auth/me')).status).toBe(200);
      return { Cookie: person.cookies() };
    };
    const isOver = async (headers: { Cookie: string }) =>
      expect((await elsewhere().fetch('/auth/me', { headers })).status).toBe(401);

    let session = await logIn();
    await person.send('POST', '/auth/logout');
    await isOver(session);

    session = await logIn();
    await person.send('DELETE', '/auth/sessions');
    await isOver(session);

    session = await logIn();
    const change = { current_password: PASSWORD, new_password: 'a newer password' };
    expect((await person.send('POST', '/auth/password/change', change)).status).toBe(204);
    await isOver(session);
    expect((await elsewhere().fetch('/auth/me')).status).toBe(200);
  });

  it('a role, and a membership', async () => {
    const owner = await register('owner@people.example');
    await owner.send('POST', '/accounts', { slug: 'shared-shop', name: 'Shop' });
    const member = await register('member@people.example');
    await cluster.query(
      `INSERT INTO user_roles (account_id, user_id, role) SELECT id, $1, 'admin' FROM accounts WHERE slug = 'shared-shop'`,
      [member.id],
    );
    const audit = async () => (await member.at(second.url).fetch('/accounts/shared-shop/admin/audit')).status;
    const address = `/accounts/shared-shop/users/${member.id}`;
    expect(await audit()).toBe(200);
    expect((await owner.send('POST', `${address}/role`, { role: 'viewer' })).status).toBe(200);
    expect(await audit()).toBe(401);
    await member.send('POST', '/auth/login', { email: member.email, password: PASSWORD });
    expect(await audit()).toBe(403);
    expect((await owner.send('DELETE', address)).status).toBe(204);
    expect(await audit()).toBe(404);
  });
});
