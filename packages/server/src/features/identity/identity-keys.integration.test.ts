import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { SignJWT } from 'jose';
import { dumpTables, queryAsOwnerOf } from '../../../test/owner-access.ts';
import { createPerson, type Person } from '../../../test/person.ts';
import { startTestServer, type TestServer } from '../../../test/start-test-server.ts';
import { createVisitor } from '../../../test/visitor.ts';

const KEYS = '/accounts/acme/admin/identity-keys';

interface MadeKey {
  id: string;
  kid: string;
  algorithm: string;
  secret: string | null;
}

let server: TestServer;
let owner: Person;

beforeAll(async () => {
  server = await startTestServer();
  owner = await createPerson(server, { account: 'acme' });
});

afterAll(() => server.stop());

async function make(body: object = {}): Promise<MadeKey> {
  const response = await owner.send('POST', KEYS, body);
  expect(response.status).toBe(201);
  return (await response.json()) as MadeKey;
}

const revoke = (id: string) => owner.send('DELETE', `${KEYS}/${id}`);

it('a key is made, shown once, vouches, and is revoked; each is in the audit log', async () => {
  const key = await make();
  expect(key).toMatchObject({ algorithm: 'HS256', secret: expect.stringMatching(/^[\w-]{43}$/) as string });
  const token = await new SignJWT({ sub: 'user-1', aud: 'acme', exp: Math.floor(Date.now() / 1000) + 60 })
    .setProtectedHeader({ alg: 'HS256', kid: key.kid })
    .sign(new TextEncoder().encode(key.secret ?? ''));
  const identify = async () =>
    (await createVisitor(server.url).post('/accounts/acme/agents/helper/identify', { token })).status;
  expect(await identify()).toBe(200);
  const listed = await (await owner.fetch(KEYS)).text();
  expect(listed).toContain(key.kid);
  expect(listed).not.toContain(key.secret);
  expect((await revoke(key.id)).status).toBe(200);
  expect((await revoke(key.id)).status).toBe(404);
  expect(await identify()).toBe(401);
  const events = await queryAsOwnerOf<{ action: string }>(
    server.running.database,
    `SELECT action FROM audit_events WHERE target_id = '${key.id}' ORDER BY position`,
  );
  expect(events.map(({ action }) => action)).toEqual(['identity_key.created', 'identity_key.revoked']);
  expect(JSON.stringify(await dumpTables(server.running.database))).not.toContain(key.secret);
  expect(server.logs()).not.toContain(key.secret);
});

it('at most two are active, also when two administrators ask at once', async () => {
  const answers = await Promise.all(Array.from({ length: 4 }, () => owner.send('POST', KEYS, {})));
  expect(answers.map(({ status }) => status).toSorted((one, other) => one - other)).toEqual([201, 201, 422, 422]);
  const { identity_keys: rows } = (await (await owner.fetch(KEYS)).json()) as {
    identity_keys: { id: string; revoked_at: string | null }[];
  };
  for (const { id } of rows.filter(({ revoked_at }) => revoked_at === null)) await revoke(id);
});

it('a public key is taken for its algorithm and no other, and never a private one', async () => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const short = generateKeyPairSync('rsa', { modulusLength: 1024 });
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const otherCurve = generateKeyPairSync('ec', { namedCurve: 'P-384' });
  const pem = ({ publicKey }: { publicKey: typeof rsa.publicKey }) =>
    publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const privatePem = ec.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  for (const body of [
    { algorithm: 'RS256' },
    { algorithm: 'RS256', public_key: 'not a key' },
    { algorithm: 'RS256', public_key: pem(ec) },
    { algorithm: 'RS256', public_key: pem(short) },
    { algorithm: 'ES256', public_key: pem(rsa) },
    { algorithm: 'ES256', public_key: pem(otherCurve) },
    { algorithm: 'ES256', public_key: privatePem },
    { algorithm: 'none' },
  ]) {
    expect((await owner.send('POST', KEYS, body)).status, JSON.stringify(body)).toBe(422);
  }
  expect(await make({ algorithm: 'RS256', public_key: pem(rsa) })).toMatchObject({ secret: null });
  expect(await make({ algorithm: 'ES256', public_key: pem(ec) })).toMatchObject({ secret: null });
});
