import { createHmac, generateKeyPairSync, randomUUID, type KeyObject } from 'node:crypto';
import type { ErrorBody, SessionToken } from '@salient/shared-types';
import { SignJWT, type JWTPayload } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answer } from '../../../test/fake-provider-replies.ts';
import { dumpTables, queryAsOwnerOf } from '../../../test/owner-access.ts';
import { createPerson } from '../../../test/person.ts';
import { startTestServer, type TestServer } from '../../../test/start-test-server.ts';
import { createVisitor, type Visitor } from '../../../test/visitor.ts';
import { createIdentityKey, revokeIdentityKey, type IdentityAlgorithm } from './identity-keys.ts';

const HELPER = '/accounts/acme/agents/helper';
const TWIN = '/accounts/acme/agents/twin';
const STRICT = '/accounts/acme/agents/strict';
const PRIVATE = '/accounts/acme/agents/private';
const OTHER = '/accounts/globex/agents/helper';
const SECRET = 'a secret of the test, long enough for a server';

interface SigningKey {
  id: string;
  kid: string;
  algorithm: IdentityAlgorithm;
  key: Uint8Array | KeyObject;
}

let server: TestServer;
let shared: SigningKey;
let foreign: SigningKey;
let rsa: SigningKey;
let rsaPem: string;

beforeAll(async () => {
  server = await startTestServer({
    agents: [
      { account: 'acme', agent: 'helper' },
      { account: 'acme', agent: 'twin' },
      { account: 'acme', agent: 'strict', config: { identity: { required: true } } },
      { account: 'acme', agent: 'private', config: { access: 'private' } },
      { account: 'globex', agent: 'helper' },
    ],
    environment: { SALIENT_SECRET: SECRET },
  });
  server.provider.script(() => answer());
  shared = await createKey('acme', 'HS256');
  foreign = await createKey('globex', 'HS256');
  const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
  rsaPem = pair.publicKey.export({ type: 'spki', format: 'pem' }).toString();
  rsa = await createKey('acme', 'RS256', { publicKey: rsaPem, privateKey: pair.privateKey });
});

afterAll(() => server.stop());

async function createKey(
  account: string,
  algorithm: IdentityAlgorithm,
  pair?: { publicKey: string; privateKey: KeyObject },
): Promise<SigningKey> {
  const made = await server.running.database.withAccountSlug(account, (tx, { id }) =>
    createIdentityKey(tx, SECRET, { accountId: id, algorithm, publicKey: pair?.publicKey ?? null }),
  );
  if (!made) throw new Error(`no account ${account}`);
  const key = pair?.privateKey ?? new TextEncoder().encode(made.secret ?? '');
  return { id: made.row.id, kid: made.row.kid, algorithm, key };
}

function prove(claims: JWTPayload = {}, { key, kid, algorithm }: SigningKey = shared): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  return new SignJWT({ sub: 'user-1', aud: 'acme', iat: now, exp: now + 300, ...claims })
    .setProtectedHeader({ alg: algorithm, kid })
    .sign(key);
}

const post = (visitor: Visitor, path: string, body: unknown) => visitor.post(path, body);

async function identify(visitor: Visitor, claims: JWTPayload = {}, path = HELPER): Promise<void> {
  const response = await post(visitor, `${path}/identify`, { token: await prove(claims) });
  expect(await response.json()).toMatchObject({ verified: true, user_id: claims.sub ?? 'user-1' });
}

async function errorOf(response: Response): Promise<[status: number, code: string]> {
  return [response.status, ((await response.json()) as ErrorBody).code];
}

const withHeaders = (path: string, headers: Record<string, string>, body?: unknown) =>
  fetch(new URL(path, server.url), {
    headers: { Origin: 'https://shop.example', 'Content-Type': 'application/json', ...headers },
    ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }),
  });

const contentsOf = async (visitor: Visitor, path = HELPER) =>
  (await visitor.history(path)).messages.filter(({ role }) => role === 'user').map(({ content }) => content);

const sql = <Row>(text: string) => queryAsOwnerOf<Row>(server.running.database, text);

const person = () => `user-${randomUUID()}`;

describe('a person whom the account vouches for', () => {
  it('keeps what they said before, and finds it on every device', async () => {
    const sub = person();
    const laptop = createVisitor(server.url);
    await laptop.chat(HELPER, { message: 'before signing in' });
    await identify(laptop, { sub });
    expect(await contentsOf(laptop)).toEqual(['before signing in']);
    await laptop.chat(HELPER, { message: 'after signing in' });

    const phone = createVisitor(server.url);
    await phone.history(HELPER);
    await identify(phone, { sub });
    expect(await contentsOf(phone)).toEqual(['before signing in', 'after signing in']);
    await phone.chat(HELPER, { message: 'from the phone' });
    expect(await contentsOf(laptop)).toHaveLength(3);
  });

  it('is the same at every agent of the account, and nobody at another account', async () => {
    const sub = person();
    const visitor = createVisitor(server.url);
    await visitor.chat(OTHER, { message: 'with globex' });
    await visitor.chat(TWIN, { message: 'with the twin' });
    await identify(visitor, { sub });
    expect(await contentsOf(visitor, TWIN)).toEqual(['with the twin']);
    expect(await contentsOf(visitor, OTHER)).toEqual(['with globex']);
    const elsewhere = createVisitor(server.url);
    await identify(elsewhere, { sub });
    expect(await contentsOf(elsewhere, TWIN)).toEqual(['with the twin']);
    expect(await contentsOf(elsewhere, OTHER)).toEqual([]);
  });

  it('goes on with the conversation that was used last where there are two', async () => {
    const sub = person();
    const first = createVisitor(server.url);
    await identify(first, { sub });
    await first.chat(HELPER, { message: 'older' });
    const second = createVisitor(server.url);
    await second.chat(HELPER, { message: 'newer' });
    await identify(second, { sub });
    expect(await contentsOf(second)).toEqual(['newer']);
    expect(await contentsOf(first)).toEqual(['newer']);
    const kept = await sql<{ count: number }>(
      `SELECT count(*)::int AS count FROM sessions JOIN visitors USING (account_id, session_key) WHERE external_id = '${sub}'`,
    );
    expect(kept).toEqual([{ count: 2 }]);
  });

  it('brings nothing along of the person before them at the same browser', async () => {
    const visitor = createVisitor(server.url);
    await identify(visitor, { sub: person() });
    await visitor.chat(HELPER, { message: 'of the first' });
    await identify(visitor, { sub: person() });
    expect(await contentsOf(visitor)).toEqual([]);
  });

  it('is known by name and e-mail to the account, and their sessions say so', async () => {
    const sub = person();
    const visitor = createVisitor(server.url);
    await visitor.chat(HELPER, { message: 'hi' });
    await identify(visitor, { sub, name: 'Ada', email: 'ada@example.com' });
    await visitor.chat(TWIN, { message: 'hi' });
    const sessions = await sql(
      `SELECT is_anonymous, sessions.email FROM sessions JOIN visitors USING (account_id, session_key) WHERE external_id = '${sub}'`,
    );
    expect(sessions).toEqual([
      { is_anonymous: false, email: 'ada@example.com' },
      { is_anonymous: false, email: 'ada@example.com' },
    ]);
    const profile = await sql(
      `SELECT field, value, verified FROM profiles JOIN visitors ON visitors.id = visitor_id WHERE external_id = '${sub}' ORDER BY field`,
    );
    expect(profile).toEqual([
      { field: 'email', value: 'ada@example.com', verified: true },
      { field: 'name', value: 'Ada', verified: true },
      { field: 'user_id', value: sub, verified: true },
    ]);
  });

  it('may be said to be there by each page again, which changes nothing', async () => {
    const sub = person();
    const visitor = createVisitor(server.url);
    await identify(visitor, { sub });
    const cookie = visitor.cookie();
    await visitor.chat(HELPER, { message: 'hi' });
    // In the background, and with every request, other tables change.
    const dump = async () => {
      const tables = await dumpTables(server.running.database);
      return ['visitors', 'visitor_keys', 'browser_keys', 'sessions', 'messages'].map((table) => tables[table]);
    };
    const before = await dump();
    await identify(visitor, { sub });
    expect(before).not.toContain(undefined);
    expect(await dump()).toEqual(before);
    expect(visitor.cookie()).toBe(cookie);
  });
});

describe('identifying exchanges the credential (V8)', () => {
  it('the cookie from before is worth nothing, everywhere', async () => {
    const visitor = createVisitor(server.url);
    await visitor.chat(HELPER, { message: 'hi' });
    const before = visitor.cookie()!;
    await identify(visitor, { sub: person() });
    expect(visitor.cookie()).not.toBe(before);
    for (const path of [`${HELPER}/history`, `${TWIN}/history`, `${OTHER}/history`, `${HELPER}/stream?message=hi`]) {
      expect(await errorOf(await withHeaders(path, { Cookie: before }))).toEqual([401, 'UNAUTHENTICATED']);
    }
  });

  it('the token from before is worth nothing, and another comes with the answer', async () => {
    const { token } = (await (await withHeaders(`${HELPER}/session/token`, {}, {})).json()) as SessionToken;
    const before = { Authorization: `Bearer ${token}` };
    await withHeaders(`${HELPER}/chat`, before, { message: 'by token' });
    const sub = person();
    const response = await withHeaders(`${HELPER}/identify`, before, { token: await prove({ sub }) });
    expect(response.headers.get('Set-Cookie')).toBeNull();
    const answered = (await response.json()) as { token: SessionToken };
    expect(await errorOf(await withHeaders(`${HELPER}/history`, before))).toEqual([401, 'UNAUTHENTICATED']);
    const history = await withHeaders(`${HELPER}/history`, { Authorization: `Bearer ${answered.token.token}` });
    expect(((await history.json()) as { messages: unknown[] }).messages).toHaveLength(2);
    expect(server.logs()).not.toContain(answered.token.token);
  });

  it('signing out does as well: a replay is 401, and the next person sees an empty widget (V9)', async () => {
    const visitor = createVisitor(server.url);
    const sub = person();
    await identify(visitor, { sub });
    await visitor.chat(HELPER, { message: 'private' });
    const before = visitor.cookie()!;
    await post(visitor, `${HELPER}/session/signout`, {});
    expect(await errorOf(await withHeaders(`${HELPER}/history`, { Cookie: before }))).toEqual([401, 'UNAUTHENTICATED']);
    expect(await contentsOf(visitor)).toEqual([]);
    // It is still theirs.
    const again = createVisitor(server.url);
    await identify(again, { sub });
    expect(await contentsOf(again)).toEqual(['private']);
  });

  it('signing out everywhere reaches every device of the person (V12)', async () => {
    const sub = person();
    const laptop = createVisitor(server.url);
    const phone = createVisitor(server.url);
    await identify(laptop, { sub });
    await identify(phone, { sub });
    await laptop.chat(HELPER, { message: 'private' });
    await post(laptop, `${HELPER}/session/signout`, { everywhere: true });
    expect((await phone.fetch(`${HELPER}/history`)).status).toBe(401);
    expect(await contentsOf(phone)).toEqual([]);
    expect(await contentsOf(laptop)).toEqual([]);
  });
});

describe('only the account’s own server mints identity (V6)', () => {
  const base64 = (value: unknown) =>
    Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
  const now = () => Math.floor(Date.now() / 1000);
  const claims = () => ({ sub: 'victim', aud: 'acme', iat: now(), exp: now() + 300 });
  const hmac = (key: string | Uint8Array, signed: string, hash = 'sha256') =>
    createHmac(hash, key).update(signed).digest('base64url');

  it.each<[string, () => Promise<string> | string]>([
    ['nothing', () => ''],
    ['no JWT', () => 'user-1'],
    ['a static user hash', () => createHmac('sha256', shared.key).update('victim').digest('hex')],
    ['alg none', () => `${base64({ alg: 'none', kid: shared.kid })}.${base64(claims())}.`],
    ['alg nOnE', () => `${base64({ alg: 'nOnE', kid: shared.kid })}.${base64(claims())}.`],
    [
      'alg none with the signature of another proof',
      async () => `${base64({ alg: 'none', kid: shared.kid })}.${base64(claims())}.${(await prove()).split('.')[2]}`,
    ],
    ['no alg', () => `${base64({ kid: shared.kid })}.${base64(claims())}.${hmac('', '')}`],
    ['an empty signature', async () => (await prove()).replace(/[^.]+$/, '')],
    [
      'claims that were changed after signing',
      async () => {
        const [header, , signature] = (await prove()).split('.');
        return `${header}.${base64({ ...claims(), sub: 'admin' })}.${signature}`;
      },
    ],
    [
      'the public RSA key used as a shared secret (key confusion)',
      () => {
        const signed = `${base64({ alg: 'HS256', kid: rsa.kid })}.${base64(claims())}`;
        return `${signed}.${hmac(rsaPem, signed)}`;
      },
    ],
    [
      'another HMAC than the key is for',
      () => {
        const signed = `${base64({ alg: 'HS512', kid: shared.kid })}.${base64(claims())}`;
        return `${signed}.${hmac(shared.key as Uint8Array, signed, 'sha512')}`;
      },
    ],
    [
      'a key that comes with the proof (jwk)',
      async () => {
        const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
        return new SignJWT(claims())
          .setProtectedHeader({ alg: 'ES256', kid: shared.kid, jwk: pair.publicKey.export({ format: 'jwk' }) })
          .sign(pair.privateKey);
      },
    ],
    [
      'a key from an address in the proof (jku, x5u)',
      () => {
        const signed = `${base64({ alg: 'HS256', kid: shared.kid, jku: 'https://evil.example/keys', x5u: 'https://evil.example/x' })}.${base64(claims())}`;
        return `${signed}.${hmac('evil', signed)}`;
      },
    ],
    [
      'an empty secret',
      () => {
        const signed = `${base64({ alg: 'HS256', kid: shared.kid })}.${base64(claims())}`;
        return `${signed}.${hmac('', signed)}`;
      },
    ],
    [
      'a path or SQL as kid',
      () => {
        const signed = `${base64({ alg: 'HS256', kid: "../../dev/null' OR '1'='1" })}.${base64(claims())}`;
        return `${signed}.${hmac('', signed)}`;
      },
    ],
    ['a kid that is no text', () => `${base64({ alg: 'HS256', kid: { $ne: null } })}.${base64(claims())}.AAAA`],
    ['no kid', () => new SignJWT(claims()).setProtectedHeader({ alg: 'HS256' }).sign(shared.key)],
    [
      'a critical header that nobody understands',
      () =>
        new SignJWT(claims())
          .setProtectedHeader({ alg: 'HS256', kid: shared.kid, crit: ['unknown'], unknown: true })
          .sign(shared.key, { crit: { unknown: true } }),
    ],
    [
      'an unencoded payload (b64)',
      () => `${base64({ alg: 'HS256', kid: shared.kid, b64: false, crit: ['b64'] })}.{}.AA`,
    ],
    ['a key of another account', () => prove({ aud: 'acme' }, foreign)],
    ['a JWE', () => `${base64({ alg: 'dir', enc: 'A256GCM', kid: shared.kid })}..AAAA.AAAA.AAAA`],
    ['no exp', () => prove({ exp: undefined as never })],
    ['an exp that is past', () => prove({ iat: now() - 600, exp: now() - 300 })],
    ['an exp of more than an hour', () => prove({ exp: now() + 3700 })],
    ['an exp of more than an hour without iat', () => prove({ iat: undefined as never, exp: now() + 3700 })],
    ['an hour that has begun too early', () => prove({ iat: now() - 3500, exp: now() + 300 })],
    ['an exp that is no number', () => prove({ exp: 'tomorrow' as never })],
    ['an nbf to come', () => prove({ nbf: now() + 300 })],
    ['an iat to come', () => prove({ iat: now() + 300, exp: now() + 600 })],
    ['no aud', () => prove({ aud: undefined as never })],
    ['another account as aud', () => prove({ aud: 'globex' })],
    ['another agent as aud', () => prove({ aud: 'acme/twin' })],
    ['aud by prefix', () => prove({ aud: 'acme/' })],
    ['no sub', () => prove({ sub: undefined as never })],
    ['an empty sub', () => prove({ sub: ' ' })],
    ['a sub that is no text', () => prove({ sub: 7 as never })],
    ['a sub without end', () => prove({ sub: 'x'.repeat(201) })],
  ])('%s is no proof', async (_name, forge) => {
    const { profiles: before } = await dumpTables(server.running.database);
    const token = await forge();
    for (const path of [HELPER, STRICT]) {
      const response = await post(createVisitor(server.url), `${path}/identify`, { token });
      expect(response.headers.get('Set-Cookie')).toBeNull();
      expect(await errorOf(response)).toEqual([401, 'UNAUTHENTICATED']);
    }
    expect((await dumpTables(server.running.database))['profiles']).toEqual(before);
    if (token.length > 20) expect(server.logs()).not.toContain(token);
  });

  it('takes a proof for the account or for the agent, and one of several audiences', async () => {
    for (const aud of ['acme', 'acme/helper', ['elsewhere', 'acme']]) {
      await identify(createVisitor(server.url), { sub: person(), aud });
    }
  });

  it('takes proofs signed with the other half of a public key', async () => {
    const response = await post(createVisitor(server.url), `${HELPER}/identify`, {
      token: await prove({ sub: 'by-rsa' }, rsa),
    });
    expect(await response.json()).toMatchObject({ verified: true, user_id: 'by-rsa' });
  });

  it('changes keys without a gap: two are active at once, a revoked one counts no more', async () => {
    const old = await createKey('globex', 'HS256');
    await expect(createKey('globex', 'HS256')).rejects.toThrow('Two keys are active');
    const ask = async (key: SigningKey) =>
      (await post(createVisitor(server.url), `${OTHER}/identify`, { token: await prove({ aud: 'globex' }, key) }))
        .status;
    expect([await ask(old), await ask(foreign)]).toEqual([200, 200]);
    await server.running.database.withAccountSlug('globex', (tx, { id }) => revokeIdentityKey(tx, id, old.id));
    expect([await ask(old), await ask(foreign)]).toEqual([401, 200]);
    const next = await createKey('globex', 'HS256');
    expect(await ask(next)).toBe(200);
  });

  it('keeps the shared secret encrypted', async () => {
    const secret = new TextDecoder().decode(shared.key as Uint8Array);
    const dump = JSON.stringify(await dumpTables(server.running.database));
    expect(dump).toContain(shared.kid);
    expect(dump).not.toContain(secret);
    expect(dump).not.toContain(Buffer.from(secret, 'base64url').toString('hex'));
  });
});

describe('who only says who they are gains nothing (V7)', () => {
  it('sees no history, and changes nothing of whom they claim to be', async () => {
    const sub = person();
    const email = `${sub}@example.com`;
    const victim = createVisitor(server.url);
    await identify(victim, { sub, email, name: 'Victim' });
    await victim.chat(HELPER, { message: 'private' });
    const ofVictim = () =>
      sql(
        `SELECT to_jsonb(visitors) AS visitor, (SELECT jsonb_agg(to_jsonb(profiles) ORDER BY field) FROM profiles
           WHERE visitor_id = visitors.id) AS profile FROM visitors WHERE external_id = '${sub}'`,
      );
    const before = await ofVictim();

    const claimant = createVisitor(server.url);
    const response = await post(claimant, `${HELPER}/identify`, {
      user_id: sub,
      email: email.toUpperCase(),
      name: 'Victim',
    });
    expect(await response.json()).toEqual({ verified: false, user_id: null, token: null });
    expect(await contentsOf(claimant)).toEqual([]);
    await claimant.chat(HELPER, { message: 'let me see' });
    expect(await contentsOf(victim)).toEqual(['private']);
    expect(await ofVictim()).toEqual(before);

    const claims = await sql(
      `SELECT field, value, verified, collides FROM profiles
       WHERE value IN ('${sub}', '${email.toUpperCase()}') AND NOT verified ORDER BY field`,
    );
    expect(claims).toEqual([
      { field: 'email', value: email.toUpperCase(), verified: false, collides: true },
      { field: 'user_id', value: sub, verified: false, collides: true },
    ]);
  });

  it('is answered the same whether somebody else goes by it or not', async () => {
    const known = `${person()}@example.com`;
    await identify(createVisitor(server.url), { sub: person(), email: known });
    const answers = await Promise.all(
      [known, `${person()}@example.com`].map(async (email) =>
        (await post(createVisitor(server.url), `${HELPER}/identify`, { email })).json(),
      ),
    );
    expect(answers[0]).toEqual(answers[1]);
  });

  it('stands beside what is vouched for, and never takes its place', async () => {
    const sub = person();
    const visitor = createVisitor(server.url);
    await identify(visitor, { sub, email: 'true@example.com' });
    await post(visitor, `${HELPER}/identify`, { email: 'claimed@example.com' });
    const rows = await sql(
      `SELECT profiles.value, verified, visitors.email FROM profiles JOIN visitors ON visitors.id = visitor_id
       WHERE external_id = '${sub}' AND field = 'email' ORDER BY verified`,
    );
    expect(rows).toEqual([
      { value: 'claimed@example.com', verified: false, email: 'true@example.com' },
      { value: 'true@example.com', verified: true, email: 'true@example.com' },
    ]);
  });

  it.each([STRICT, PRIVATE])('is refused by an agent that wants a proof: %s', async (agent) => {
    const visitor = createVisitor(server.url);
    for (const body of [{}, { token: '' }, { token: null }, { user_id: 'user-1', email: 'a@example.com' }]) {
      expect(await errorOf(await post(visitor, `${agent}/identify`, body))).toEqual([401, 'UNAUTHENTICATED']);
    }
    for (const response of [
      await visitor.fetch(`${agent}/history`),
      await visitor.fetch(`${agent}/stream?message=hi`),
      await post(visitor, `${agent}/chat`, { message: 'hi' }),
      await post(visitor, `${agent}/stream`, { message: 'hi' }),
      await post(visitor, `${agent}/session/reset`, {}),
      await post(visitor, `${agent}/turns/${randomUUID()}/stop`, {}),
      await post(visitor, `${agent}/messages/${randomUUID()}/feedback`, { rating: 'up' }),
    ]) {
      expect(response.headers.get('Set-Cookie')).toBeNull();
      expect(await errorOf(response)).toEqual([401, 'UNAUTHENTICATED']);
    }
    await identify(visitor, { sub: person() }, agent);
    expect((await visitor.chat(agent, { message: 'hi' })).message.role).toBe('assistant');
  });
});

describe('a person of the console', () => {
  it('may use a private agent of their account, as themselves on every device', async () => {
    const member = await createPerson(server, { account: 'acme', role: 'viewer' });
    const sent = await member.send('POST', `${PRIVATE}/chat`, { message: 'by a member' });
    expect(sent.status).toBe(200);
    const { session_id } = (await sent.json()) as { session_id: string };
    expect(await sql(`SELECT user_id, is_anonymous FROM sessions WHERE id = '${session_id}'`)).toEqual([
      { user_id: member.id, is_anonymous: false },
    ]);
    expect(
      ((await (await member.fetch(`${PRIVATE}/history`)).json()) as { messages: unknown[] }).messages,
    ).toHaveLength(2);
    await member.send('POST', '/auth/logout');
    expect(await errorOf(await member.fetch(`${PRIVATE}/history`))).toEqual([401, 'UNAUTHENTICATED']);
  });

  it('of another account is nobody here, and so is a proof’s want not met by a login', async () => {
    const outsider = await createPerson(server, { account: 'globex' });
    expect(await errorOf(await outsider.fetch(`${PRIVATE}/history`))).toEqual([401, 'UNAUTHENTICATED']);
    const member = await createPerson(server, { account: 'acme' });
    expect(await errorOf(await member.fetch(`${STRICT}/history`))).toEqual([401, 'UNAUTHENTICATED']);
  });

  it('is not made to speak by a foreign page', async () => {
    const member = await createPerson(server, { account: 'acme' });
    const response = await withHeaders(`${PRIVATE}/chat`, { Cookie: member.cookies() }, { message: 'forged' });
    expect([401, 403]).toContain(response.status);
  });
});
