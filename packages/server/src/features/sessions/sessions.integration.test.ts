import { createHash, randomBytes } from 'node:crypto';
import type { ErrorBody, SessionInfo, SessionToken, SessionUsage } from '@salient/shared-types';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answer } from '../../../test/fake-provider-replies.ts';
import { dumpTables, queryAsOwnerOf } from '../../../test/owner-access.ts';
import { startTestServer, type TestServer } from '../../../test/start-test-server.ts';
import { createVisitor, type Visitor } from '../../../test/visitor.ts';

const HELPER = '/accounts/acme/agents/helper';
const TWIN = '/accounts/acme/agents/twin';
const OTHER = '/accounts/globex/agents/helper';
const NO_ID = '00000000-0000-4000-8000-000000000000';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer({
    agents: [
      { account: 'acme', agent: 'helper' },
      { account: 'acme', agent: 'twin' },
      { account: 'globex', agent: 'helper' },
      { account: 'default_account', agent: 'first' },
    ],
  });
  server.provider.script(() => answer());
});

afterAll(() => server.stop());

async function tokenOf(visitor: Visitor, agentPath = HELPER): Promise<string> {
  const response = await visitor.post(`${agentPath}/session/token`, {});
  expect(response.status).toBe(200);
  return ((await response.json()) as SessionToken).token;
}

/** A request as a browser without cookies sends it. */
function withToken(token: string, path: string, body?: unknown): Promise<Response> {
  return fetch(new URL(path, server.url), {
    headers: { Authorization: `Bearer ${token}`, Origin: 'https://shop.example', 'Content-Type': 'application/json' },
    ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }),
  });
}

async function errorOf(response: Response): Promise<[status: number, code: string]> {
  return [response.status, ((await response.json()) as ErrorBody).code];
}

describe('the cookie', () => {
  const attributesOf = (response: Response) => (response.headers.get('Set-Cookie') ?? '').split('; ');

  it('in development works on plain http', async () => {
    const response = await createVisitor(server.url).fetch(`${HELPER}/history`);
    const [pair, ...attributes] = attributesOf(response);
    expect(pair).toMatch(/^salient_session=[\w-]{72}$/);
    expect(attributes.toSorted()).toEqual(['HttpOnly', 'Max-Age=2592000', 'Path=/', 'SameSite=Lax']);
  });

  it('in production is tied to the host, to HTTPS and to the page around it (V1)', async () => {
    const production = await startTestServer({
      environment: { NODE_ENV: 'production', SALIENT_SECRET: 'a secret of the test, long enough' },
    });
    try {
      const visitor = createVisitor(production.url);
      const response = await visitor.fetch(`${HELPER}/history`);
      const [pair = '', ...attributes] = attributesOf(response);
      expect(pair).toMatch(/^__Host-salient_session=[\w-]{72}$/);
      expect(attributes.toSorted()).toEqual([
        'HttpOnly',
        'Max-Age=2592000',
        'Partitioned',
        'Path=/',
        'SameSite=None',
        'Secure',
      ]);

      await visitor.chat(HELPER, { message: 'hi' });
      expect((await visitor.history(HELPER)).messages).toHaveLength(2);
      // A name without the prefix could have been set by a sibling domain or over plain http.
      const unprefixed = await fetch(new URL(`${HELPER}/history`, production.url), {
        headers: { Cookie: pair.replace('__Host-', '') },
      });
      expect(((await unprefixed.json()) as { messages: unknown[] }).messages).toEqual([]);
    } finally {
      await production.stop();
    }
  });

  it('is 256 random bits, and is set once, not with every answer', async () => {
    const keys = await Promise.all(
      Array.from({ length: 20 }, async () => {
        const visitor = createVisitor(server.url);
        await visitor.history(HELPER);
        return visitor.cookie()?.split('=')[1] ?? '';
      }),
    );
    const secrets = keys.map((key) => Buffer.from(key, 'base64url').subarray(0, 32).toString('hex'));
    expect(new Set(secrets).size).toBe(20);
    const again = createVisitor(server.url);
    await again.history(HELPER);
    for (const response of [
      await again.fetch(`${HELPER}/history`),
      await again.post(`${TWIN}/chat`, { message: 'hi' }),
    ]) {
      expect(response.headers.get('Set-Cookie')).toBeNull();
    }
  });

  it('and the token appear nowhere in the database or the log, and not as a plain hash either', async () => {
    const visitor = createVisitor(server.url);
    await visitor.chat(HELPER, { message: 'hi' });
    const token = await tokenOf(visitor);
    await withToken(token, `${HELPER}/chat`, { message: 'hi again' });
    await withToken(`${token}x`, `${HELPER}/chat`, { message: 'refused' });
    const key = visitor.cookie()?.split('=')[1] ?? '';
    expect(key).toHaveLength(72);
    expect(token.replace('st_', '')).not.toBe(key);

    const dump = JSON.stringify(await dumpTables(server.running.database));
    expect(dump).toContain('hi again');
    const browserSecret = Buffer.from(key, 'base64url').subarray(0, 32).toString('base64url');
    for (const secret of [key, browserSecret, token, token.replace('st_', '')]) {
      for (const form of ['hex', 'base64', 'base64url'] as const) {
        expect(dump).not.toContain(createHash('sha256').update(secret).digest(form));
        expect(dump).not.toContain(Buffer.from(secret, 'base64url').toString(form));
      }
      expect(dump).not.toContain(secret);
      expect(server.logs()).not.toContain(secret);
    }
  });

  it('leaves two customers two values that nobody can join (V2)', async () => {
    const visitor = createVisitor(server.url);
    const here = await visitor.chat(HELPER, { message: 'hi' });
    const there = await visitor.chat(OTHER, { message: 'hi' });
    const keys = await queryAsOwnerOf<{ session_key: string }>(
      server.running.database,
      `SELECT session_key FROM sessions WHERE id IN ('${here.session_id}', '${there.session_id}')`,
    );
    expect(new Set(keys.map(({ session_key }) => session_key)).size).toBe(2);
  });

  it('comes with a question, but a question changes nothing (L10)', async () => {
    const visitor = createVisitor(server.url);
    const { session_id } = await visitor.chat(HELPER, { message: 'hi' });
    const [{ turn_id: turnId } = { turn_id: '' }] = await queryAsOwnerOf<{ turn_id: string }>(
      server.running.database,
      `SELECT turn_id FROM messages WHERE session_id = '${session_id}'`,
    );
    const { agent_instances: _, rate_limits: _limits, ...before } = await dumpTables(server.running.database);
    const asked = server.provider.requests.length;
    for (const reader of [visitor, createVisitor(server.url)]) {
      for (const path of [
        '/',
        '/health',
        '/ready',
        '/demo/',
        '/chat-widget.js',
        '/accounts/acme/agents',
        `${HELPER}/config`,
        `${HELPER}/health`,
        `${HELPER}/history`,
        `${HELPER}/stream?turn=${turnId}`,
        `${HELPER}/chat`,
        `${HELPER}/session/reset`,
        `${HELPER}/session/token`,
        `${HELPER}/turns/${turnId}/stop`,
        '/api/session',
        '/api/session?account=acme&agent=helper',
        `/api/session/${session_id}/usage`,
        '/chat',
        '/events/stream',
      ]) {
        for (const method of ['GET', 'HEAD', 'OPTIONS']) await (await reader.fetch(path, { method })).arrayBuffer();
      }
    }
    const { agent_instances: __, rate_limits: _limitsAfter, ...after } = await dumpTables(server.running.database);
    expect(after).toEqual(before);
    expect(server.provider.requests.length).toBe(asked);
  });
});

describe('a session token (V3)', () => {
  it('stands for the visitor of the cookie that asked for it', async () => {
    const visitor = createVisitor(server.url);
    const { session_id } = await visitor.chat(HELPER, { message: 'by cookie' });
    const token = await tokenOf(visitor);
    expect(visitor.cookie()).not.toContain(token.replace('st_', ''));

    const reply = (await (await withToken(token, `${HELPER}/chat`, { message: 'by token' })).json()) as {
      session_id: string;
    };
    expect(reply.session_id).toBe(session_id);
    const contents = (await visitor.history(HELPER)).messages.map(({ content }) => content);
    expect(contents).toEqual(['by cookie', 'You asked: by cookie', 'by token', 'You asked: by token']);
  });

  it('stands for a new visitor where no cookie came, without setting one', async () => {
    const response = await fetch(new URL(`${HELPER}/session/token`, server.url), {
      method: 'POST',
      headers: { Origin: 'https://shop.example' },
    });
    expect(response.headers.get('Set-Cookie')).toBeNull();
    expect(response.headers.get('Cache-Control')).toBe('no-store');
    const { token, expires_at } = (await response.json()) as SessionToken;
    expect(token).toMatch(/^st_[\w-]{43}$/);
    expect(Date.parse(expires_at)).toBeGreaterThan(Date.now() + 29 * 86_400_000);

    const first = await withToken(token, `${HELPER}/chat`, { message: 'one' });
    expect(first.headers.get('Set-Cookie')).toBeNull();
    const history = (await (await withToken(token, `${HELPER}/history`)).json()) as { messages: unknown[] };
    expect(history.messages).toHaveLength(2);
  });

  it('is good for its agent only', async () => {
    const token = await tokenOf(createVisitor(server.url));
    for (const agent of [TWIN, OTHER, '/accounts/default_account/agents/first']) {
      for (const response of [
        await withToken(token, `${agent}/history`),
        await withToken(token, `${agent}/stream?message=hi`),
        await withToken(token, `${agent}/chat`, { message: 'hi' }),
        await withToken(token, `${agent}/session/reset`, {}),
        await withToken(token, `${agent}/session/token`, {}),
      ]) {
        expect(await errorOf(response)).toEqual([401, 'UNAUTHENTICATED']);
      }
    }
    expect((await withToken(token, `${HELPER}/history`)).status).toBe(200);
  });

  it('is no longer good when it has expired, and never was when we did not make it', async () => {
    const token = await tokenOf(createVisitor(server.url));
    expect((await withToken(token, `${HELPER}/history`)).status).toBe(200);
    await queryAsOwnerOf(
      server.running.database,
      `UPDATE session_tokens SET expires_at = now() - interval '1 second'
       WHERE id = (SELECT id FROM session_tokens ORDER BY created_at DESC LIMIT 1)`,
    );
    for (const bad of [token, `st_${randomBytes(32).toString('base64url')}`, token.slice(3), '', 'null']) {
      expect(await errorOf(await withToken(bad, `${HELPER}/history`))).toEqual([401, 'UNAUTHENTICATED']);
    }
  });

  it('wins over the cookie, and a bad one is not forgiven for a good cookie', async () => {
    const visitor = createVisitor(server.url);
    await visitor.chat(HELPER, { message: 'by cookie' });
    const stranger = await tokenOf(createVisitor(server.url));
    const ask = (authorization: string) =>
      visitor.fetch(`${HELPER}/history`, { headers: { Authorization: authorization } });
    expect(await (await ask(`Bearer ${stranger}`)).json()).toMatchObject({ session_id: null, messages: [] });
    expect(await errorOf(await ask('Bearer nonsense'))).toEqual([401, 'UNAUTHENTICATED']);
  });

  it('is asked for by a browser whose cookie did not come back', async () => {
    const before = await dumpTables(server.running.database);
    const headers = { 'X-Salient-Session': 'expected', Origin: 'https://shop.example' };
    for (const path of [`${HELPER}/history`, `${HELPER}/stream?message=hi`]) {
      const response = await fetch(new URL(path, server.url), { headers });
      expect(response.headers.get('Set-Cookie')).toBeNull();
      expect(await errorOf(response)).toEqual([401, 'UNAUTHENTICATED']);
    }
    const { sessions } = await dumpTables(server.running.database);
    expect(sessions).toEqual(before['sessions']);
  });
});

describe('a reset', () => {
  it('begins another conversation and keeps the old one for its owner', async () => {
    const visitor = createVisitor(server.url);
    const old = await visitor.chat(HELPER, { message: 'before' });
    const elsewhere = await visitor.chat(TWIN, { message: 'with the twin' });
    const response = await visitor.post(`${HELPER}/session/reset`, {});
    expect(await response.json()).toEqual({ session_id: null });
    expect(await visitor.history(HELPER)).toEqual({
      session_id: null,
      messages: [],
      active_turn: null,
      next_cursor: null,
    });

    const next = await visitor.chat(HELPER, { message: 'after' });
    expect(next.session_id).not.toBe(old.session_id);
    const asked = server.provider.requests.at(-1)?.body['messages'] as { content: string }[];
    expect(asked.slice(1).map(({ content }) => content)).toEqual(['after']);
    expect((await visitor.history(TWIN)).session_id).toBe(elsewhere.session_id);

    const kept = await queryAsOwnerOf<{ content: string }>(
      server.running.database,
      `SELECT content FROM messages WHERE session_id = '${old.session_id}' ORDER BY position`,
    );
    expect(kept.map(({ content }) => content)).toEqual(['before', 'You asked: before']);
    const bill = (await (await visitor.fetch(`/api/session/${old.session_id}/usage`)).json()) as SessionUsage;
    expect(bill.requests).toBe(1);
  });

  it('of nothing is no error, and of one visitor is none of another', async () => {
    const visitor = createVisitor(server.url);
    const { session_id } = await visitor.chat(HELPER, { message: 'mine' });
    const stranger = createVisitor(server.url);
    expect((await stranger.post(`${HELPER}/session/reset`, {})).status).toBe(200);
    expect((await stranger.post(`${HELPER}/session/reset`, {})).status).toBe(200);
    expect((await visitor.history(HELPER)).session_id).toBe(session_id);
  });
});

describe('GET /api/session', () => {
  const infoOf = async (visitor: Visitor, agent = 'helper', headers: Record<string, string> = {}) => {
    const response = await visitor.fetch(`/api/session?account=acme&agent=${agent}`, { headers });
    expect(response.headers.get('Set-Cookie')).toBeNull();
    expect(response.headers.get('Cache-Control')).toBe('no-store');
    return (await response.json()) as SessionInfo;
  };

  it('says who the visitor is: nobody yet, by cookie, by token', async () => {
    const visitor = createVisitor(server.url);
    expect(await infoOf(visitor)).toMatchObject({ identified_by: 'none', session_id: null, agent: 'helper' });
    const { session_id } = await visitor.chat(HELPER, { message: 'hi' });
    expect(await infoOf(visitor)).toMatchObject({ identified_by: 'cookie', session_id, account: 'acme' });
    expect(await infoOf(visitor, 'twin')).toMatchObject({ identified_by: 'cookie', session_id: null });
    const headers = { Authorization: `Bearer ${await tokenOf(visitor)}` };
    expect(await infoOf(createVisitor(server.url), 'helper', headers)).toMatchObject({
      identified_by: 'token',
      session_id,
    });
  });

  it('speaks of the first agent of the default account where none is named', async () => {
    const response = await createVisitor(server.url).fetch('/api/session');
    expect(await response.json()).toMatchObject({ account: 'default_account', agent: 'first' });
  });

  it('gives the model settings with the layer each came from, and who answers when a key is missing', async () => {
    const own = await startTestServer({
      agents: [
        {
          account: 'acme',
          agent: 'helper',
          config: { llm: { inference_provider: 'openrouter', model: 'vendor/model' } },
        },
        {
          account: 'acme',
          agent: 'twin',
          config: { llm: { inference_provider: 'local', model: 'local' }, context_management: { history_limit: 7 } },
        },
      ],
    });
    try {
      await queryAsOwnerOf(
        own.running.database,
        `UPDATE agent_instances SET configuration = '{"llm": {"temperature": 0.9}}' WHERE instance_slug = 'helper'`,
      );
      const ask = async (agent: string) => {
        const response = await createVisitor(own.url).fetch(`/api/session?account=acme&agent=${agent}`);
        return ((await response.json()) as SessionInfo).model;
      };
      expect([await ask('helper'), await ask('twin')]).toMatchInlineSnapshot(`
        [
          {
            "answered_by": {
              "model": "local",
              "provider": "local",
              "reason": "OPENROUTER_API_KEY is not set",
            },
            "history_limit": {
              "source": "template",
              "value": 50,
            },
            "inference_provider": {
              "source": "file",
              "value": "openrouter",
            },
            "max_tokens": {
              "source": "template",
              "value": 2000,
            },
            "model": {
              "source": "file",
              "value": "vendor/model",
            },
            "temperature": {
              "source": "database",
              "value": 0.9,
            },
          },
          {
            "answered_by": {
              "model": "local",
              "provider": "local",
              "reason": null,
            },
            "history_limit": {
              "source": "file",
              "value": 7,
            },
            "inference_provider": {
              "source": "file",
              "value": "local",
            },
            "max_tokens": {
              "source": "template",
              "value": 2000,
            },
            "model": {
              "source": "file",
              "value": "local",
            },
            "temperature": {
              "source": "template",
              "value": 0.3,
            },
          },
        ]
      `);
    } finally {
      await own.stop();
    }
  });
});

describe('GET /api/session/{session_id}/usage', () => {
  it('shows the bill of a session of one’s own, by cookie and by token', async () => {
    const visitor = createVisitor(server.url);
    const { session_id, usage } = await visitor.chat(HELPER, { message: 'hi' });
    const expected = { session_id, requests: 1, total_tokens: usage?.total_tokens };
    const byCookie = await visitor.fetch(`/api/session/${session_id}/usage`);
    const byToken = await withToken(await tokenOf(visitor), `/api/session/${session_id}/usage`);
    expect(await byCookie.json()).toMatchObject(expected);
    expect(await byToken.json()).toMatchObject(expected);
  });

  it('does not tell anybody else’s session from one that does not exist', async () => {
    const owner = createVisitor(server.url);
    const { session_id: theirs } = await owner.chat(HELPER, { message: 'secret' });
    const stranger = createVisitor(server.url);
    await stranger.chat(HELPER, { message: 'hi' });
    const elsewhere = await tokenOf(stranger, TWIN);
    const asked = await Promise.all(
      [theirs, NO_ID].flatMap((id) => [
        stranger.fetch(`/api/session/${id}/usage`),
        fetch(new URL(`/api/session/${id}/usage`, server.url), { headers: { Origin: 'https://shop.example' } }),
        withToken(elsewhere, `/api/session/${id}/usage`),
        withToken('nonsense', `/api/session/${id}/usage`),
      ]),
    );
    const seen = await Promise.all(
      asked.map(async (response) => {
        const { request_id: _, ...body } = (await response.json()) as ErrorBody;
        const headers = [...response.headers].filter(([name]) => !['x-request-id', 'date'].includes(name));
        return { status: response.status, body, headers };
      }),
    );
    expect(seen[0]).toMatchObject({ status: 404, body: { code: 'NOT_FOUND', detail: 'There is no such session.' } });
    expect(seen).toEqual(seen.map(() => seen[0]));
    expect(await errorOf(await stranger.fetch('/api/session/mine/usage'))).toEqual([422, 'VALIDATION_ERROR']);
  });
});
