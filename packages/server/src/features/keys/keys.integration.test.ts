import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import type { ErrorBody } from '@salient/shared-types';
import express from 'express';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { z } from 'zod';
import { askWithKey, createTestKey } from '../../../test/api-client.ts';
import { answer } from '../../../test/fake-provider-replies.ts';
import { dumpTables, queryAsOwnerOf } from '../../../test/owner-access.ts';
import { createPerson, type Person } from '../../../test/person.ts';
import { startTestServer, type TestServer } from '../../../test/start-test-server.ts';
import { actorOf } from '../../access/actor.ts';
import { rememberClientAddress } from '../../http/client-address.ts';
import { errorHandler } from '../../http/error-handler.ts';
import { requestContext } from '../../http/request-context.ts';
import { createLog } from '../../log.ts';
import { createMetrics } from '../../metrics.ts';
import { createLastUsed } from '../agents/index.ts';
import { createApiKey } from './api-key.ts';
import { createKeyDoors } from './enter-with-key.ts';
import type { apiKeysSchema } from './replies.ts';

const AGENTS = [
  { account: 'acme', agent: 'helper' },
  { account: 'acme', agent: 'other' },
  { account: 'rival', agent: 'helper' },
];

let server: TestServer;
let owner: Person;

beforeAll(async () => {
  server = await startTestServer({ agents: AGENTS });
  server.provider.script(() => answer({ text: 'An answer.' }));
  owner = await createPerson(server, { account: 'acme' });
});

afterAll(() => server.stop());

async function refusal(response: Response): Promise<[number, Partial<ErrorBody>]> {
  const { request_id: _, ...error } = (await response.json()) as ErrorBody;
  return [response.status, error];
}

function chatWith(key: string | null): Promise<Response> {
  return askWithKey(server.url, key, 'POST', '/api/v1/chat', { message: 'Hello' });
}

async function listed(): Promise<z.output<typeof apiKeysSchema>['keys']> {
  const response = await owner.fetch('/accounts/acme/admin/keys');
  return ((await response.json()) as z.output<typeof apiKeysSchema>).keys;
}

describe('a key (L7)', () => {
  it('is shown once; afterwards neither database, log nor any answer holds it', async () => {
    const { key, prefix } = await createTestKey(owner, 'acme', ['chat', 'sessions:read']);
    expect((await chatWith(key)).status).toBe(200);
    const secret = key.slice(`ak_${prefix}_`.length);
    const dump = JSON.stringify(await dumpTables(server.running.database));
    expect(dump).toContain(prefix);
    for (const [where, text] of [
      ['the dump', dump],
      ['the log', server.logs()],
      ['the list', JSON.stringify(await listed())],
      ['the audit log', await (await owner.fetch('/accounts/acme/admin/audit')).text()],
    ] as const) {
      expect(text.includes(secret), `${where} holds the secret`).toBe(false);
      expect(text.includes(secret.slice(0, 20)), `${where} holds half of the secret`).toBe(false);
    }
  });

  it('that is wrong, wherever, is refused with the same words', async () => {
    const { key, prefix } = await createTestKey(owner, 'acme', ['chat']);
    const other = createApiKey();
    const expired = await createTestKey(owner, 'acme', ['chat'], { expires_at: '2999-01-01T00:00:00Z' });
    await queryAsOwnerOf(
      server.running.database,
      `UPDATE api_keys SET expires_at = now() - interval '1 second' WHERE id = '${expired.id}'`,
    );
    const refused = await refusal(await chatWith(null));
    expect(refused).toMatchObject([401, { code: 'UNAUTHENTICATED' }]);
    for (const wrong of ['x', other.key, key.slice(0, -1), `${key}0`, `ak_${prefix}_${'0'.repeat(49)}`, expired.key]) {
      expect(await refusal(await chatWith(wrong))).toEqual(refused);
    }
  });

  it('costs as much work with a wrong prefix as with a wrong secret, and none with a wrong checksum', async () => {
    const { database } = server.running;
    const real = createApiKey();
    const asked = vi.spyOn(database, 'findApiKey');
    const work = async (key: string) => {
      asked.mockClear();
      await chatWith(key);
      return asked.mock.calls.length;
    };
    try {
      // A true form whose prefix is known, and one whose prefix is not.
      asked.mockResolvedValueOnce({
        id: randomUUID(),
        key_hash: '0'.repeat(64),
        scopes: ['chat'],
        account_id: randomUUID(),
        account_slug: 'acme',
        agent_instance_id: null,
        is_current: true,
      });
      expect(await work(real.key)).toBe(1);
      expect(await work(createApiKey().key)).toBe(1);
      expect(await work(`${real.key.slice(0, -1)}${real.key.endsWith('a') ? 'b' : 'a'}`)).toBe(0);
    } finally {
      asked.mockRestore();
    }
  });

  it('is refused from the request after its revocation on', async () => {
    const { id, key } = await createTestKey(owner, 'acme', ['chat']);
    expect((await chatWith(key)).status).toBe(200);
    expect((await owner.send('DELETE', `/accounts/acme/admin/keys/${id}`)).status).toBe(204);
    expect((await chatWith(key)).status).toBe(401);
    expect((await owner.send('DELETE', `/accounts/acme/admin/keys/${id}`)).status).toBe(204);
    expect((await listed()).find((found) => found.id === id)?.revoked_at).not.toBeNull();
    expect((await refusal(await owner.send('DELETE', `/accounts/acme/admin/keys/${randomUUID()}`)))[0]).toBe(404);
  });

  it('opens nothing of an account that is suspended', async () => {
    const slug = `shop-${randomUUID().slice(0, 8)}`;
    const { database } = server.running;
    await database.withNewAccount({ slug, name: slug }, () => Promise.resolve());
    const keeper = await createPerson(server, { account: slug });
    const { key } = await createTestKey(keeper, slug, ['sessions:read']);
    const ask = () => askWithKey(server.url, key, 'GET', `/api/v1/sessions/${randomUUID()}`);
    expect((await ask()).status).toBe(404);
    await queryAsOwnerOf(database, `UPDATE accounts SET status = 'suspended' WHERE slug = '${slug}'`);
    expect((await ask()).status).toBe(401);
  });

  it('does what its scopes say and nothing else', async () => {
    const session = `/api/v1/sessions/${randomUUID()}`;
    const doors = {
      chat: ['POST', '/api/v1/chat', { message: 'Hello' }],
      'sessions:read': ['GET', session, undefined],
      'sessions:delete': ['DELETE', session, undefined],
    } as const;
    for (const scope of ['chat', 'sessions:read', 'sessions:delete', 'usage:read'] as const) {
      const { key } = await createTestKey(owner, 'acme', [scope]);
      for (const [needed, [method, path, body]] of Object.entries(doors)) {
        const response = await askWithKey(server.url, key, method, path, body);
        if (needed === scope)
          expect([scope, needed, [200, 404].includes(response.status)]).toEqual([scope, needed, true]);
        else {
          expect([scope, needed, await refusal(response)]).toMatchObject([
            scope,
            needed,
            [403, { code: 'FORBIDDEN', detail: `This key lacks the scope ${needed}.` }],
          ]);
        }
      }
    }
  });

  it('is no way into the console, and signs nobody in', async () => {
    const { key } = await createTestKey(owner, 'acme', ['chat', 'sessions:read', 'sessions:delete', 'usage:read']);
    for (const [path, status] of [
      ['/auth/me', 401],
      ['/accounts/acme/users', 401],
      ['/accounts/acme/admin/keys', 403],
      ['/accounts/acme/admin/agents', 403],
    ] as const) {
      expect([path, (await askWithKey(server.url, key, 'GET', path)).status]).toEqual([path, status]);
    }
  });

  it('opens what people need a permission for where a scope covers it, in its own account alone', async () => {
    const { database } = server.running;
    const doors = createKeyDoors(database, createLastUsed(database, 'api_keys'));
    const enter = doors.orWithKey(() => (_req, res) => void res.status(401).end());
    const app = express();
    const log = createLog('silent');
    app.use(requestContext(log, createMetrics({ liveTurns: () => 0, maxLiveTurns: 1 })));
    app.use(rememberClientAddress({ trusted: 0, header: 'x-forwarded-for' }, log));
    app.get('/accounts/:account/usage', enter('read_usage'), (req, res) => void res.json(actorOf(req)));
    app.get('/accounts/:account/audit', enter('read_audit'), (req, res) => void res.json(actorOf(req)));
    app.use(errorHandler);
    const listening = app.listen(0);
    const url = `http://127.0.0.1:${(listening.address() as AddressInfo).port}`;
    try {
      const { id, key } = await createTestKey(owner, 'acme', ['usage:read']);
      const status = async (path: string, by: string | null) => (await askWithKey(url, by, 'GET', path)).status;
      const entered = await askWithKey(url, key, 'GET', '/accounts/acme/usage');
      expect(await entered.json()).toMatchObject({ kind: 'key', id, accountSlug: 'acme', role: null });
      expect(await status('/accounts/rival/usage', key)).toBe(404);
      expect(await status('/accounts/acme/audit', key)).toBe(403);
      expect(await status('/accounts/acme/usage', (await createTestKey(owner, 'acme', ['chat'])).key)).toBe(403);
      expect(await status('/accounts/acme/usage', createApiKey().key)).toBe(401);
      expect(await status('/accounts/acme/usage', null)).toBe(401);
    } finally {
      listening.close();
    }
  });

  it('for one agent speaks to no other', async () => {
    const { key } = await createTestKey(owner, 'acme', ['chat'], { agent: 'other' });
    const own = await askWithKey(server.url, key, 'POST', '/api/v1/chat', { message: 'Hello' });
    expect(await own.json()).toMatchObject({ metadata: { agent: 'other' } });
    const another = await askWithKey(server.url, key, 'POST', '/api/v1/chat', { message: 'Hello', agent: 'helper' });
    expect(await refusal(another)).toMatchObject([404, { code: 'AGENT_NOT_FOUND' }]);
  });

  it('says when it was used last, before long', async () => {
    const { id, key } = await createTestKey(owner, 'acme', ['sessions:read']);
    const lastUsed = async () => (await listed()).find((found) => found.id === id)?.last_used_at;
    expect(await lastUsed()).toBeNull();
    await askWithKey(server.url, key, 'GET', `/api/v1/sessions/${randomUUID()}`);
    await expect.poll(lastUsed).not.toBeNull();
  });
});

describe('making a key', () => {
  it('needs a name, scopes that there are, an agent of the account and a time to come', async () => {
    const details = [];
    for (const body of [
      {},
      { name: 'x' },
      { name: 'x', scopes: [] },
      { name: 'x', scopes: ['admin'] },
      { name: 'x', scopes: ['chat'], agent: 'nobody' },
      { name: 'x', scopes: ['chat'], expires_at: '2020-01-01T00:00:00Z' },
      { name: 'x', scopes: ['chat'], expires_at: 'tomorrow' },
      { name: 'x', scopes: ['chat'], key: 'ak_mine' },
    ]) {
      const [status, { code, detail }] = await refusal(await owner.send('POST', '/accounts/acme/admin/keys', body));
      details.push(`${status} ${code} ${detail}`);
    }
    expect(details).toMatchInlineSnapshot(`
      [
        "422 VALIDATION_ERROR name: is required.",
        "422 VALIDATION_ERROR scopes: is required.",
        "422 VALIDATION_ERROR scopes: must name at least one scope.",
        "422 VALIDATION_ERROR scopes.0: must each be one of chat, sessions:read, sessions:delete, usage:read.",
        "404 AGENT_NOT_FOUND There is no such agent. Check the agent name in the address.",
        "422 VALIDATION_ERROR expires_at: must be in the future.",
        "422 VALIDATION_ERROR expires_at: must be a time such as 2027-01-31T00:00:00Z.",
        "422 VALIDATION_ERROR body: Unrecognized key: "key".",
      ]
    `);
  });

  it('is in the audit log, and so is its end (A1)', async () => {
    const { id, prefix } = await createTestKey(owner, 'acme', ['chat'], { agent: 'helper' });
    await owner.send('DELETE', `/accounts/acme/admin/keys/${id}`);
    const { events } = (await (await owner.fetch('/accounts/acme/admin/audit')).json()) as {
      events: { action: string; before: object | null; after: object | null }[];
    };
    expect(events.slice(0, 2)).toMatchObject([
      { action: 'key.revoked', before: { name: 'Tests', prefix } },
      { action: 'key.created', after: { name: 'Tests', prefix, scopes: ['chat'], agent: 'helper', expires_at: null } },
    ]);
  });

  it("is of one account: another one's key does not exist there (T1)", async () => {
    const { id, key } = await createTestKey(owner, 'acme', ['chat']);
    const rival = await createPerson(server, { account: 'rival' });
    const answered = await refusal(await rival.send('DELETE', `/accounts/rival/admin/keys/${id}`));
    expect(answered).toEqual(await refusal(await rival.send('DELETE', `/accounts/rival/admin/keys/${randomUUID()}`)));
    expect((await chatWith(key)).status).toBe(200);
  });
});
