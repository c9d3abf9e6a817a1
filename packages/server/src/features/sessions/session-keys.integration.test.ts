import type { ErrorBody, SessionToken } from '@salient/shared-types';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answer } from '../../../test/fake-provider-replies.ts';
import { dumpTables, queryAsOwnerOf } from '../../../test/owner-access.ts';
import { startTestServer, type TestServer } from '../../../test/start-test-server.ts';
import { createVisitor, type Visitor } from '../../../test/visitor.ts';
import { clearExpired } from './clear-expired.ts';
import { openKey, sealKey } from './visitor-key.ts';

const HELPER = '/accounts/acme/agents/helper';
const TWIN = '/accounts/acme/agents/twin';
const OTHER = '/accounts/globex/agents/helper';
const SECRET = 'a secret of the test, long enough for a server';
const HOUR_MS = 3_600_000;

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer({
    agents: [
      { account: 'acme', agent: 'helper' },
      { account: 'acme', agent: 'twin' },
      { account: 'globex', agent: 'helper' },
    ],
    environment: { SALIENT_SECRET: SECRET },
  });
  server.provider.script(() => answer());
});

afterAll(() => server.stop());

const sql = <Row>(text: string) => queryAsOwnerOf<Row>(server.running.database, text);

/** A request as the browser would send it with that cookie. */
function withCookie(cookie: string, path: string, body?: unknown): Promise<Response> {
  return fetch(new URL(path, server.url), {
    headers: { Cookie: cookie, Origin: 'https://shop.example', 'Content-Type': 'application/json' },
    ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }),
  });
}

function withToken(token: string, path: string, body?: unknown): Promise<Response> {
  return fetch(new URL(path, server.url), {
    headers: { Authorization: `Bearer ${token}`, Origin: 'https://shop.example', 'Content-Type': 'application/json' },
    ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }),
  });
}

async function errorOf(response: Response): Promise<[status: number, code: string]> {
  return [response.status, ((await response.json()) as ErrorBody).code];
}

async function messagesOf(response: Response): Promise<string[]> {
  expect(response.status).toBe(200);
  return ((await response.json()) as { messages: { content: string }[] }).messages.map(({ content }) => content);
}

const cookieIn = (response: Response) => response.headers.get('Set-Cookie')?.split(';', 1)[0] ?? null;

/** The same browser's cookie as it would have been issued so many hours ago. */
function agedCookie(cookie: string, hours: number): string {
  const [name, value = ''] = cookie.split('=');
  const key = openKey(SECRET, value);
  if (!key) throw new Error('not a key of the test server');
  return `${name}=${sealKey(SECRET, { ...key, issuedAt: new Date(key.issuedAt.getTime() - hours * HOUR_MS) })}`;
}

/** A visitor whose last visit was yesterday: their cookie, and what the database knows, are that old. */
async function visitorOfYesterday(
  message = 'yesterday',
  agentPath = HELPER,
): Promise<{ visitor: Visitor; old: string }> {
  const visitor = createVisitor(server.url);
  await visitor.history(agentPath);
  const old = agedCookie(visitor.cookie()!, 24);
  await (await withCookie(old, `${agentPath}/chat`, { message })).text();
  return { visitor: withJar(old), old };
}

function withJar(cookie: string): Visitor {
  const visitor = createVisitor(server.url);
  let current = cookie;
  const fetchWith: Visitor['fetch'] = async (path, init = {}) => {
    const headers = new Headers(init.headers);
    headers.set('Cookie', current);
    const response = await visitor.fetch(path, { ...init, headers });
    current = cookieIn(response) ?? current;
    return response;
  };
  return { ...visitor, fetch: fetchWith, cookie: () => current };
}

/** Lets the overlap of every replaced key go by. */
const endOverlaps = () => sql(`UPDATE browser_keys SET older_until = now(), exchanging_until = now()`);

describe('the key of a cookie (V1, V12)', () => {
  it('is exchanged for a new one without the visitor noticing', async () => {
    const { visitor, old } = await visitorOfYesterday();
    const response = await visitor.fetch(`${HELPER}/history`);
    expect(await messagesOf(response)).toEqual(['yesterday', 'You asked: yesterday']);
    expect(visitor.cookie()).not.toBe(old);
    await endOverlaps();
    expect(await messagesOf(await visitor.fetch(`${HELPER}/history`))).toHaveLength(2);
  });

  it('gives the very same new one to tabs that ask at once, and to one whose answer was lost', async () => {
    const { old } = await visitorOfYesterday();
    const answers = await Promise.all(Array.from({ length: 8 }, () => withCookie(old, `${HELPER}/history`)));
    answers.push(await withCookie(old, `${TWIN}/history`));
    expect(new Set(answers.map(cookieIn)).size).toBe(1);
    // None of them has arrived: the old one is all the browser has, however late it comes back.
    await endOverlaps();
    expect(await messagesOf(await withCookie(old, `${HELPER}/history`))).toHaveLength(2);
  });

  it('works for a short overlap once a newer one has been shown, then never', async () => {
    const { old } = await visitorOfYesterday();
    const renewed = cookieIn(await withCookie(old, `${HELPER}/history`))!;
    await withCookie(renewed, `${HELPER}/history`);
    const late = await withCookie(old, `${HELPER}/history`);
    expect(cookieIn(late)).toBe(renewed);
    expect(await messagesOf(late)).toHaveLength(2);

    await endOverlaps();
    for (const [path, body] of [
      [`${HELPER}/history`, undefined],
      [`${HELPER}/chat`, { message: 'let me in' }],
      [`${HELPER}/stream?message=hi`, undefined],
      [`${HELPER}/session/token`, {}],
      [`${HELPER}/session/reset`, {}],
      [`${HELPER}/session/signout`, {}],
    ] as const) {
      expect(await errorOf(await withCookie(old, path, body))).toEqual([401, 'UNAUTHENTICATED']);
    }
    expect(await messagesOf(await withCookie(renewed, `${HELPER}/history`))).toHaveLength(2);
  });

  it('that is old cannot be made new anywhere on the server, so a stolen one is worth nothing', async () => {
    const { old } = await visitorOfYesterday();
    const renewed = cookieIn(await withCookie(old, `${HELPER}/history`))!;
    await withCookie(renewed, `${HELPER}/history`);
    await endOverlaps();
    const elsewhere = await withCookie(old, `${OTHER}/history`);
    expect(elsewhere.status).toBe(401);
    const given = cookieIn(elsewhere)!;
    // What the refused browser gets is a stranger's.
    expect(await messagesOf(await withCookie(given, `${HELPER}/history`))).toEqual([]);
    expect(await messagesOf(await withCookie(given, `${OTHER}/history`))).toEqual([]);
  });

  it('keeps the conversations of every account that the browser has visited (V2)', async () => {
    const { visitor } = await visitorOfYesterday('with acme');
    const both = visitor.cookie()!;
    await (await withCookie(both, `${OTHER}/chat`, { message: 'with globex' })).text();
    await visitor.fetch(`${HELPER}/history`);
    await visitor.fetch(`${HELPER}/history`);
    await endOverlaps();
    expect(await messagesOf(await visitor.fetch(`${OTHER}/history`))).toEqual([
      'with globex',
      'You asked: with globex',
    ]);
  });

  it('leaves a record of the browser that nobody can join with an account', async () => {
    const visitor = createVisitor(server.url);
    await visitor.chat(HELPER, { message: 'hi' });
    await visitor.chat(OTHER, { message: 'hi' });
    const tables = await dumpTables(server.running.database);
    const browsers = tables['browser_keys']!.map((row) => JSON.parse(row) as { browser_hash: string });
    const { browser_keys: _, ...accounts } = tables;
    const dump = JSON.stringify(accounts);
    for (const { browser_hash } of browsers) expect(dump).not.toContain(browser_hash);
  });

  it('that we never made, or that was changed, is nobody’s', async () => {
    const visitor = createVisitor(server.url);
    await visitor.chat(HELPER, { message: 'mine' });
    const [name, value = ''] = visitor.cookie()!.split('=');
    const bytes = Buffer.from(value, 'base64url');
    const changed = Array.from({ length: bytes.length }, (_, at) => {
      const copy = Buffer.from(bytes);
      copy[at]! ^= 1;
      return copy.toString('base64url');
    });
    const foreign = sealKey('another secret', openKey(SECRET, value)!);
    for (const forged of [...changed, foreign, value.slice(0, 43), `${value}A`, 'null', '']) {
      const response = await withCookie(`${name}=${forged}`, `${HELPER}/history`);
      expect(await messagesOf(response)).toEqual([]);
      expect(cookieIn(response)).not.toBeNull();
    }
  });

  it('ends when the browser stays away too long, and after its longest life (V12)', async () => {
    const visitor = createVisitor(server.url);
    await visitor.chat(HELPER, { message: 'hi' });
    await sql(`UPDATE browser_keys SET started_on = CURRENT_DATE - 366`);
    expect(await messagesOf(await withCookie(visitor.cookie()!, `${HELPER}/history`))).toEqual([]);
    await sql(`UPDATE browser_keys SET started_on = CURRENT_DATE`);
    expect(await messagesOf(await withCookie(visitor.cookie()!, `${HELPER}/history`))).toHaveLength(2);
    await sql(`UPDATE browser_keys SET newest_issued_at = newest_issued_at - interval '32 days'`);
    const aged = agedCookie(visitor.cookie()!, 32 * 24);
    const response = await withCookie(aged, `${HELPER}/history`);
    expect(await messagesOf(response)).toEqual([]);
    expect(await messagesOf(await withCookie(cookieIn(response)!, `${HELPER}/history`))).toEqual([]);
  });

  it('of a long-gone browser is cleared away, and does not come back to life by that', async () => {
    const visitor = createVisitor(server.url);
    await visitor.chat(HELPER, { message: 'hi' });
    const aged = agedCookie(visitor.cookie()!, 33 * 24);
    await sql(`UPDATE browser_keys SET newest_issued_at = newest_issued_at - interval '33 days'`);
    const kept = createVisitor(server.url);
    await kept.chat(HELPER, { message: 'hi' });
    const rules = { rotateHours: 24, overlapSeconds: 60, idleSeconds: 31 * 86_400, absoluteSeconds: 365 * 86_400 };
    expect(await clearExpired(server.running.database, rules)).toBeGreaterThan(0);
    expect(await clearExpired(server.running.database, rules)).toBe(0);
    expect(await messagesOf(await withCookie(aged, `${HELPER}/history`))).toEqual([]);
    expect(await messagesOf(await kept.fetch(`${HELPER}/history`))).toHaveLength(2);
  });
});

describe('what is worth a look', () => {
  const noted = (action: string) =>
    sql<{ actor_kind: string; target_kind: string | null; address: string }>(
      `SELECT actor_kind, target_kind, address FROM audit_events WHERE action = '${action}'`,
    );

  it('a replaced key that is shown again is in the audit log, once an hour, without its value', async () => {
    const { old } = await visitorOfYesterday();
    const renewed = cookieIn(await withCookie(old, `${HELPER}/history`))!;
    await withCookie(renewed, `${HELPER}/history`);
    await endOverlaps();
    const before = await noted('visitor.key_reused');
    for (let times = 0; times < 3; times++) await withCookie(old, `${HELPER}/history`);
    const after = await noted('visitor.key_reused');
    expect(after).toHaveLength(before.length + 1);
    expect(after.at(-1)).toEqual({ actor_kind: 'system', target_kind: 'visitor', address: '127.0.0.1' });
    expect(server.logs()).not.toContain(old.split('=')[1]);
  });

  it('a hundred new visitors from one address within an hour are, too', async () => {
    expect(await noted('visitor.many_from_one_address')).toEqual([]);
    for (let count = 0; count < 105; count++) {
      await createVisitor(server.url).post(`${OTHER}/identify`, { name: 'one of many' });
    }
    expect(await noted('visitor.many_from_one_address')).toHaveLength(1);
  });
});

describe('a session token (V3)', () => {
  async function tokenOf(visitor: Visitor): Promise<string> {
    return ((await (await visitor.post(`${HELPER}/session/token`, {})).json()) as SessionToken).token;
  }

  it('is exchanged when it is due: the answers say so, and the old one ends once the new one is used', async () => {
    const visitor = createVisitor(server.url);
    await visitor.chat(HELPER, { message: 'hi' });
    const old = await tokenOf(visitor);
    const fresh = await withToken(old, `${HELPER}/history`);
    expect(fresh.headers.get('X-Salient-Session')).toBeNull();
    await sql(`UPDATE session_tokens SET created_at = created_at - interval '25 hours'`);
    const due = await withToken(old, `${HELPER}/history`);
    expect(due.headers.get('X-Salient-Session')).toBe('rotate');
    expect(due.headers.get('Access-Control-Expose-Headers')).toContain('X-Salient-Session');

    const exchanged = (await (await withToken(old, `${HELPER}/session/token`, {})).json()) as SessionToken;
    // The answer may have been lost: the old one works until the new one has been used.
    expect((await withToken(old, `${HELPER}/history`)).status).toBe(200);
    expect(await messagesOf(await withToken(exchanged.token, `${HELPER}/history`))).toHaveLength(2);
    expect((await withToken(old, `${HELPER}/history`)).status).toBe(200);
    await sql(`UPDATE session_tokens SET ended_at = now() WHERE ended_at IS NOT NULL`);
    expect(await errorOf(await withToken(old, `${HELPER}/history`))).toEqual([401, 'UNAUTHENTICATED']);
    expect(await messagesOf(await withToken(exchanged.token, `${HELPER}/history`))).toHaveLength(2);
  });

  it('ends at the longest life of its line, however often it was exchanged (V12)', async () => {
    const token = await tokenOf(createVisitor(server.url));
    await withToken(token, `${HELPER}/chat`, { message: 'hi' });
    await sql(`UPDATE session_tokens SET started_at = now() - interval '364 days'`);
    const exchanged = (await (await withToken(token, `${HELPER}/session/token`, {})).json()) as SessionToken;
    expect(Date.parse(exchanged.expires_at)).toBeLessThan(Date.now() + 25 * HOUR_MS);
  });
});

describe('signing out (V8, V9)', () => {
  it('makes the cookie worthless at once, and whoever comes next somebody new', async () => {
    const visitor = createVisitor(server.url);
    await visitor.chat(HELPER, { message: 'private' });
    const before = visitor.cookie()!;
    const response = await visitor.post(`${HELPER}/session/signout`, {});
    expect(await response.json()).toEqual({ signed_out: true });
    expect(visitor.cookie()).not.toBe(before);

    for (const path of [`${HELPER}/history`, `${TWIN}/history`, `${OTHER}/history`]) {
      expect(await errorOf(await withCookie(before, path))).toEqual([401, 'UNAUTHENTICATED']);
    }
    for (const path of [HELPER, TWIN]) {
      expect(await visitor.history(path)).toMatchObject({ session_id: null, messages: [] });
    }
    await visitor.chat(HELPER, { message: 'next' });
    expect((await visitor.history(HELPER)).messages.map(({ content }) => content)).toEqual(['next', 'You asked: next']);
  });

  it('does not take back the new cookie by an answer that was still on its way', async () => {
    const visitor = createVisitor(server.url);
    await visitor.chat(HELPER, { message: 'private' });
    const before = visitor.cookie()!;
    await visitor.post(`${HELPER}/session/signout`, {});
    const late = await withCookie(before, `${HELPER}/history`);
    expect(late.headers.get('X-Salient-Session')).toBe('renewed');
    expect(cookieIn(late)).toBeNull();
    await endOverlaps();
    expect(cookieIn(await withCookie(before, `${HELPER}/history`))).not.toBeNull();
  });

  it('keeps what the browser has said to other accounts', async () => {
    const visitor = createVisitor(server.url);
    await visitor.chat(HELPER, { message: 'with acme' });
    await visitor.chat(OTHER, { message: 'with globex' });
    await visitor.post(`${HELPER}/session/signout`, {});
    expect((await visitor.history(OTHER)).messages).toHaveLength(2);
    expect((await visitor.history(HELPER)).messages).toEqual([]);
  });

  it('by token ends that token', async () => {
    const visitor = createVisitor(server.url);
    await visitor.chat(HELPER, { message: 'private' });
    const { token } = (await (await visitor.post(`${HELPER}/session/token`, {})).json()) as SessionToken;
    expect((await withToken(token, `${HELPER}/session/signout`, {})).status).toBe(200);
    expect(await errorOf(await withToken(token, `${HELPER}/history`))).toEqual([401, 'UNAUTHENTICATED']);
  });

  it('everywhere ends every key and token of the visitor (V12)', async () => {
    const visitor = createVisitor(server.url);
    await visitor.chat(HELPER, { message: 'private' });
    const { token } = (await (await visitor.post(`${HELPER}/session/token`, {})).json()) as SessionToken;
    const cookie = visitor.cookie()!;
    expect((await withToken(token, `${HELPER}/session/signout`, { everywhere: true })).status).toBe(200);
    expect(await errorOf(await withToken(token, `${HELPER}/history`))).toEqual([401, 'UNAUTHENTICATED']);
    const refused = await withCookie(cookie, `${HELPER}/history`);
    expect(refused.status).toBe(401);
    expect(await messagesOf(await withCookie(cookieIn(refused)!, `${HELPER}/history`))).toEqual([]);
    // Only this account was told.
    expect((await withCookie(cookie, `${OTHER}/history`)).status).toBe(200);
  });

  it('of nobody changes nothing', async () => {
    const known = ['visitors', 'visitor_keys', 'browser_keys', 'session_tokens', 'sessions'];
    const dump = async () => {
      const tables = await dumpTables(server.running.database);
      return known.map((table) => tables[table]);
    };
    const before = await dump();
    const response = await createVisitor(server.url).post(`${HELPER}/session/signout`, { everywhere: true });
    expect(response.status).toBe(200);
    expect(before).not.toContain(undefined);
    expect(await dump()).toEqual(before);
  });
});
