import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { queryAsOwnerOf } from '../../../test/owner-access.ts';
import { browserOf, createPerson, errorOf, mailedToken, TEST_PASSWORD, type Person } from '../../../test/person.ts';
import { startTestServer, type TestServer } from '../../../test/start-test-server.ts';
import { openLimits } from '../../limits/index.ts';
import { createLog } from '../../log.ts';
import { createCredentials } from './credential.ts';
import { logIn } from './log-in.ts';
import { createPasswords } from './password.ts';

const PASSWORD = 'correct horse battery';
const REFUSED = [401, 'UNAUTHENTICATED'];

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer({ app: { people: { mails_per_network: 1000, tries_per_network: 1000 } } });
});

afterAll(() => server.stop());

const newEmail = () => `${randomUUID()}@people.example`;

/** @returns the browser, and the token that was mailed */
async function register(email: string, password = PASSWORD): Promise<{ browser: Person; token: string }> {
  const browser = browserOf(server.url);
  const response = await browser.send('POST', '/auth/register', { email, password });
  expect([response.status, await response.json()]).toEqual([202, { status: 'check_email' }]);
  return { browser, token: mailedToken(server.logs(), 'verify_email') };
}

const verify = (browser: Person, token: string, password = PASSWORD) =>
  browser.send('POST', '/auth/verify', { token, password });

const logInAt = (browser: Person, email: string, password = PASSWORD) =>
  browser.send('POST', '/auth/login', { email, password });

describe('a new person', () => {
  it('registers, confirms the address, opens an account and owns it', async () => {
    const { browser, token } = await register('New@People.Example');
    expect(await errorOf(await logInAt(browser, 'new@people.example'))).toEqual(REFUSED);
    expect(await errorOf(await verify(browser, token, 'not this one'))).toEqual(REFUSED);
    const verified = await verify(browser, token);
    expect(await verified.json()).toMatchObject({ email: 'new@people.example', name: 'new', accounts: [] });
    expect(await errorOf(await verify(browser, token))).toEqual([404, 'NOT_FOUND']);

    const opened = await browser.send('POST', '/accounts', { slug: 'new-shop', name: 'New Shop' });
    expect([opened.status, await opened.json()]).toEqual([
      201,
      { slug: 'new-shop', name: 'New Shop', role: 'owner', subscription_tier: 'free' },
    ]);
    const me = await (await browser.fetch('/auth/me')).json();
    expect(me).toMatchObject({ accounts: [{ slug: 'new-shop', role: 'owner' }] });
  });

  it('cannot take an account that exists, nor a name that looks like one', async () => {
    const person = await createPerson(server);
    for (const slug of ['acme', 'Acme', 'ac', '../acme', 'аcme']) {
      const response = await person.send('POST', '/accounts', { slug, name: 'Mine' });
      expect([slug, ...(await errorOf(response))]).toEqual([slug, 422, 'VALIDATION_ERROR']);
    }
  });

  it('chooses a password by its length and nothing else', async () => {
    for (const [password, status] of [
      ['123456789', 422],
      ['1234567890', 202],
      ['          ', 202],
      ['🧂'.repeat(200), 202],
      ['x'.repeat(201), 422],
    ] as const) {
      const response = await browserOf(server.url).send('POST', '/auth/register', { email: newEmail(), password });
      expect([password, response.status]).toEqual([password, status]);
    }
  });

  it('sends nothing but what is asked for (K2, L4)', async () => {
    const email = newEmail();
    for (const extra of [{ role: 'owner' }, { email_verified_at: '2020-01-01' }, { id: randomUUID() }]) {
      const body = { email, password: PASSWORD, ...extra };
      expect(await errorOf(await browserOf(server.url).send('POST', '/auth/register', body))).toEqual([
        422,
        'VALIDATION_ERROR',
      ]);
    }
    for (const address of ['x', 'a@b', 'a b@c.de', 'a@b.de\r\nBcc: c@d.ef', '"a"@b.de', `${'a'.repeat(250)}@b.de`]) {
      const body = { email: address, password: PASSWORD };
      expect([address, (await browserOf(server.url).send('POST', '/auth/register', body)).status]).toEqual([
        address,
        422,
      ]);
    }
  });
});

describe('an address that somebody else registered', () => {
  it('is not theirs to use: only the password of the latest registration and its link count together', async () => {
    const email = newEmail();
    const first = await register(email, 'what the attacker chose');
    const second = await register(email);
    expect(await errorOf(await verify(first.browser, first.token, 'what the attacker chose'))).toEqual([
      404,
      'NOT_FOUND',
    ]);
    // The attacker registers once more: the owner's click confirms nothing they did not choose.
    const third = await register(email, 'what the attacker chose');
    expect(await errorOf(await verify(second.browser, second.token))).toEqual([404, 'NOT_FOUND']);
    expect(await errorOf(await verify(second.browser, third.token))).toEqual(REFUSED);
    expect(await errorOf(await logInAt(first.browser, email, 'what the attacker chose'))).toEqual(REFUSED);
  });

  it('cannot be taken once it is confirmed', async () => {
    const { email } = await createPerson(server);
    await register(email, 'what the attacker chose');
    expect(await errorOf(await logInAt(browserOf(server.url), email, 'what the attacker chose'))).toEqual(REFUSED);
    expect((await logInAt(browserOf(server.url), email, TEST_PASSWORD)).status).toBe(200);
  });
});

describe('whether somebody is registered', () => {
  /** Everything that an answer shows, but for what no two share. */
  async function shown(response: Response): Promise<unknown> {
    const headers = Array.from(response.headers.keys()).filter((name) => !/date|x-request-id/.test(name));
    const text = (await response.text()).replace(/"request_id":"[^"]+"/, '');
    return { status: response.status, headers, text };
  }

  it('shows in no answer', async () => {
    const known = (await createPerson(server)).email;
    const unconfirmed = newEmail();
    await register(unconfirmed);
    for (const [path, rest] of [
      ['/auth/register', { password: PASSWORD }],
      ['/auth/login', { password: 'a wrong password' }],
      ['/auth/password/forgot', {}],
      ['/auth/verify/resend', {}],
    ] as const) {
      const answers = [];
      for (const email of [known, unconfirmed, newEmail()]) {
        answers.push(await shown(await browserOf(server.url).send('POST', path, { email, ...rest })));
      }
      expect([path, answers[0]]).toEqual([path, answers[2]]);
      expect([path, answers[1]]).toEqual([path, answers[2]]);
    }
    // Right, but never confirmed.
    const right = await shown(await logInAt(browserOf(server.url), unconfirmed));
    expect(right).toEqual(await shown(await logInAt(browserOf(server.url), newEmail())));
  });

  it('takes the same work to find out (L8)', async () => {
    const { database } = server.running;
    const real = createPasswords();
    let compared = 0;
    const secret = 'a secret of the test';
    const log = createLog('silent');
    const people = {
      database,
      settings: server.running.config.app.people,
      credentials: createCredentials(secret),
      passwords: {
        hash: (password: string) => real.hash(password),
        isRight: (password: string, stored: string | null) => {
          compared += 1;
          return real.isRight(password, stored);
        },
      },
      confirmsEmail: true,
      mailer: { requireMail() {}, post() {}, close: () => Promise.resolve() },
      limiter: openLimits({ store: 'memory', database, redis: null, secret, log }).limiter,
      publicUrl: server.url,
    };
    const from = { address: '192.0.2.1', device: '', requestId: null };
    const countEvents = async () =>
      (await queryAsOwnerOf<{ count: bigint }>(database, 'SELECT count(*) FROM audit_events'))[0]?.count;
    const { email: known } = await createPerson(server);
    const unconfirmed = newEmail();
    await register(unconfirmed);
    for (const [email, password] of [
      [known, 'a wrong password'],
      [unconfirmed, PASSWORD],
      [newEmail(), 'a wrong password'],
    ] as const) {
      const before = (await countEvents()) ?? 0n;
      compared = 0;
      const attempt = { email, password, knownDevice: null, presentedHash: null };
      await expect(logIn(people, attempt, from)).rejects.toThrow('is wrong, or');
      expect(compared).toBe(1);
      expect(await countEvents()).toBe(before + 1n);
    }
  });
});

describe('a forgotten password', () => {
  it('is set anew by a link that is good once, and ends every sign-in', async () => {
    const person = await createPerson(server);
    const { email } = person;
    await browserOf(server.url).send('POST', '/auth/password/forgot', { email });
    const stale = mailedToken(server.logs(), 'reset_password');
    await browserOf(server.url).send('POST', '/auth/password/forgot', { email });
    const token = mailedToken(server.logs(), 'reset_password');
    const reset = (link: string, password: string) =>
      browserOf(server.url).send('POST', '/auth/password/reset', { token: link, password });
    expect(await errorOf(await reset(stale, 'a newer password'))).toEqual([404, 'NOT_FOUND']);
    expect(await errorOf(await reset(token, 'short'))).toEqual([422, 'VALIDATION_ERROR']);
    const [first, second] = await Promise.all([reset(token, 'a newer password'), reset(token, 'another password')]);
    expect(new Set([first.status, second.status])).toEqual(new Set([204, 404]));
    const password = first.status === 204 ? 'a newer password' : 'another password';

    expect(await errorOf(await person.fetch('/auth/me'))).toEqual(REFUSED);
    expect(await errorOf(await logInAt(browserOf(server.url), email, TEST_PASSWORD))).toEqual(REFUSED);
    expect((await logInAt(browserOf(server.url), email, password)).status).toBe(200);
  });

  it('cannot be set by a link whose time is over', async () => {
    const { email } = await createPerson(server);
    await browserOf(server.url).send('POST', '/auth/password/forgot', { email });
    const token = mailedToken(server.logs(), 'reset_password');
    await queryAsOwnerOf(server.running.database, `UPDATE email_tokens SET expires_at = now() - interval '1 second'`);
    const response = await browserOf(server.url).send('POST', '/auth/password/reset', { token, password: PASSWORD });
    expect(await errorOf(response)).toEqual([404, 'NOT_FOUND']);
  });
});

describe('what is stored', () => {
  it('holds no token and no password', async () => {
    const email = newEmail();
    const { browser, token } = await register(email, 'canary of the password');
    await verify(browser, token, 'canary of the password');
    const rows = await queryAsOwnerOf<{ row: string }>(
      server.running.database,
      `SELECT to_jsonb(t)::text AS row FROM users t UNION ALL SELECT to_jsonb(t)::text FROM user_sessions t
        UNION ALL SELECT to_jsonb(t)::text FROM email_tokens t UNION ALL SELECT to_jsonb(t)::text FROM audit_events t`,
    );
    const stored = rows.map(({ row }) => row).join('\n');
    expect(stored).toContain(email);
    const secrets = [
      token,
      'canary of the password',
      ...browser
        .cookies()
        .split('; ')
        .map((pair) => pair.replace(/^\w+=/, '')),
    ];
    for (const secret of secrets) expect(stored).not.toContain(secret);
  });

  it('shows nobody to whoever proves nothing, also when a query forgets to ask (T2)', async () => {
    const person = await createPerson(server, { account: 'acme' });
    const { database } = server.running;
    const count = async (key: Parameters<typeof database.withPerson>[0]) =>
      database.withPerson(key, async (tx) => [
        await tx.user.count(),
        await tx.userSession.count(),
        await tx.emailToken.count(),
        await tx.userRole.count(),
        await tx.accountInvite.count(),
        await tx.auditEvent.count(),
      ]);
    expect(await count({})).toEqual([0, 0, 0, 0, 0, 0]);
    expect(await count({ credentialHash: 'no such hash' })).toEqual([0, 0, 0, 0, 0, 0]);
    expect(await count({ email: person.email })).toEqual([1, 0, 0, 0, 0, 0]);
    expect(await count({ userId: person.id })).toEqual([1, 1, 0, 1, 0, 1]);
    const other = await createPerson(server);
    const changed = await database.withPerson({ userId: other.id }, (tx) =>
      tx.user.updateMany({ where: { email: person.email }, data: { name: 'taken over' } }),
    );
    expect(changed.count).toBe(0);
  });
});

describe('for a first look, without mail', () => {
  it('whoever registers is signed in at once, opens an account, and signs in again', async () => {
    const own = await startTestServer({ app: { people: { confirm_email: 'auto' } } });
    try {
      const browser = browserOf(own.url);
      const email = newEmail();
      const response = await browser.send('POST', '/auth/register', { email, password: PASSWORD, name: 'First' });
      expect([response.status, await response.json()]).toMatchObject([201, { email, name: 'First' }]);
      expect((await browser.send('POST', '/accounts', { slug: `first-${randomUUID()}`, name: 'First' })).status).toBe(
        201,
      );
      expect((await logInAt(browserOf(own.url), email, PASSWORD)).status).toBe(200);
      const again = await browserOf(own.url).send('POST', '/auth/register', { email, password: 'another password' });
      expect(await errorOf(again)).toEqual([422, 'VALIDATION_ERROR']);
      expect((await logInAt(browserOf(own.url), email, PASSWORD)).status).toBe(200);
    } finally {
      await own.stop();
    }
  });
});
