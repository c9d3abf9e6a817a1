import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answer } from '../../../test/fake-provider-replies.ts';
import { dumpTables, queryAsOwnerOf } from '../../../test/owner-access.ts';
import { createPerson, type Person } from '../../../test/person.ts';
import { startTestServer, type TestServer } from '../../../test/start-test-server.ts';
import { createVisitor, type Visitor } from '../../../test/visitor.ts';
import { enforceRetention } from './enforce-retention.ts';
import type { ErasureReceipt } from './erase-visitor.ts';
import type { VisitorExport } from './export-visitor.ts';
import { INVENTORY } from './inventory.ts';
import type { SessionSummary } from './list-sessions.ts';
import type { SessionDetail } from './read-session.ts';

const HELPER = '/accounts/acme/agents/helper';
const TWIN = '/accounts/acme/agents/twin';
const ADMIN = '/accounts/acme/admin';

let server: TestServer;
let owner: Person;
let outsider: Person;

beforeAll(async () => {
  server = await startTestServer({
    agents: [
      { account: 'acme', agent: 'helper' },
      { account: 'acme', agent: 'twin' },
      { account: 'globex', agent: 'helper' },
    ],
  });
  server.provider.script(({ body }) => {
    const asked = (body['messages'] as { content: string }[]).at(-1)?.content ?? '';
    return answer({ text: `You asked: ${asked}` });
  });
  owner = await createPerson(server, { account: 'acme' });
  outsider = await createPerson(server, { account: 'globex' });
});

afterAll(() => server.stop());

const sql = <Row>(text: string) => queryAsOwnerOf<Row>(server.running.database, text);

async function json<T>(response: Response): Promise<T> {
  expect(response.status).toBe(200);
  return (await response.json()) as T;
}

async function visitorIdOf(sessionId: string): Promise<string> {
  const [row] = await sql<{ id: string }>(
    `SELECT visitors.id FROM visitors JOIN sessions USING (account_id, session_key) WHERE sessions.id = '${sessionId}'`,
  );
  return row!.id;
}

/** A visitor with a mark of their own in everything that can be said. */
async function plant(): Promise<{ visitor: Visitor; canary: string; sessionId: string; visitorId: string }> {
  const canary = `canary-${randomUUID()}`;
  const visitor = createVisitor(server.url);
  const body = { message: `${canary}-message`, context: { page: `${canary}-context` }, consent: `${canary}-consent` };
  const reply = await visitor.chat(HELPER, { ...body, client_message_id: `${canary}-id` });
  await visitor.chat(TWIN, { message: `${canary}-twin` });
  await visitor.post(`${HELPER}/messages/${reply.message.id}/feedback`, { rating: 'up', comment: `${canary}-comment` });
  await visitor.post(`${HELPER}/identify`, {
    user_id: `${canary}-user`,
    name: `${canary}-name`,
    email: `${canary}@example.com`,
    phone: canary.slice(0, 40),
  });
  await visitor.post(`${HELPER}/session/token`, {});
  return { visitor, canary, sessionId: reply.session_id, visitorId: await visitorIdOf(reply.session_id) };
}

describe('the inventory', () => {
  it('names every table of the database, and what it holds of people (A2, A3)', async () => {
    const tables = await sql<{ name: string }>(`SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'`);
    expect(Object.keys(INVENTORY).toSorted()).toEqual(tables.map(({ name }) => name).toSorted());
  });

  it('knows every table with a column that names a visitor or a conversation', async () => {
    const named = await sql<{ name: string }>(
      `SELECT DISTINCT table_name AS name FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
       WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND column_name IN ('session_id', 'session_key', 'visitor_id')`,
    );
    for (const { name } of named) expect(['visitor', 'ledger'], name).toContain(INVENTORY[name]?.of);
  });
});

describe('conversations of an account', () => {
  it('are listed by page, newest first, by agent, visitor and status', async () => {
    const { visitor, sessionId, visitorId } = await plant();
    await visitor.post(`${HELPER}/session/reset`, {});
    const all: SessionSummary[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const before: string = cursor && `&before=${cursor}`;
      const page: { sessions: SessionSummary[]; next_cursor: string | null } = await json(
        await owner.fetch(`${ADMIN}/sessions?limit=1${before}`),
      );
      expect(page.sessions.length).toBeLessThanOrEqual(1);
      all.push(...page.sessions);
      cursor = page.next_cursor;
    }
    const times = all.map(({ created_at }) => created_at);
    expect(times).toEqual(times.toSorted().toReversed());
    const of = async (query: string) =>
      (await json<{ sessions: SessionSummary[] }>(await owner.fetch(`${ADMIN}/sessions?${query}`))).sessions;
    expect((await of(`visitor=${visitorId}`)).map(({ agent }) => agent)).toEqual(['twin', 'helper']);
    expect(await of(`visitor=${visitorId}&status=ended`)).toMatchObject([{ id: sessionId, status: 'ended' }]);
    expect(await of(`visitor=${visitorId}&agent=twin`)).toMatchObject([
      { status: 'open', visitor: { verified: false } },
    ]);
  });

  it('are read with what their visitor says of themselves, and reading is in the audit log', async () => {
    const { canary, sessionId, visitorId } = await plant();
    const session = await json<SessionDetail>(await owner.fetch(`${ADMIN}/sessions/${sessionId}`));
    expect(session.messages.map(({ content }) => content)).toEqual([
      `${canary}-message`,
      `You asked: ${canary}-message`,
    ]);
    expect(session.visitor_id).toBe(visitorId);
    expect(session.profile).toContainEqual({
      field: 'email',
      value: `${canary}@example.com`,
      verified: false,
      collides: false,
    });
    expect(await sql(`SELECT actor_id, action FROM audit_events WHERE target_id = '${sessionId}'`)).toEqual([
      { actor_id: owner.id, action: 'session.read' },
    ]);
  });

  it('end by an administrator’s word, with everything their visitor is recognised by (V12)', async () => {
    const { visitor, sessionId } = await plant();
    const cookie = visitor.cookie()!;
    expect((await owner.send('POST', `${ADMIN}/sessions/${sessionId}/terminate`)).status).toBe(204);
    const refused = await fetch(new URL(`${HELPER}/history`, server.url), {
      headers: { Cookie: cookie, Origin: 'https://shop.example' },
    });
    expect(refused.status).toBe(401);
    expect((await visitor.fetch(`${TWIN}/history`)).status).toBe(401);
    expect((await visitor.history(HELPER)).messages).toEqual([]);
    expect(await sql(`SELECT action FROM audit_events WHERE target_id = '${sessionId}'`)).toEqual([
      { action: 'session.terminated' },
    ]);
  });

  it('do not exist for the people of another account (T1)', async () => {
    const { sessionId, visitorId } = await plant();
    const before = await dumpTables(server.running.database);
    const nowhere = randomUUID();
    for (const [method, path, id] of [
      ['GET', 'sessions/:id', sessionId],
      ['POST', 'sessions/:id/terminate', sessionId],
      ['GET', 'visitors/:id/export', visitorId],
      ['DELETE', 'visitors/:id', visitorId],
    ] as const) {
      const answers = await Promise.all(
        [
          [outsider, `/accounts/globex/admin/${path.replace(':id', id)}`],
          [outsider, `/accounts/globex/admin/${path.replace(':id', nowhere)}`],
        ].map(async ([person, address]) => {
          const response = await (person as Person).send(method, address as string);
          const { request_id: _, ...body } = (await response.json()) as Record<string, unknown>;
          return { status: response.status, body };
        }),
      );
      expect(answers[0]).toEqual(answers[1]);
      expect(answers[0]?.status).toBe(404);
      expect((await outsider.send(method, `${ADMIN}/${path.replace(':id', id)}`)).status).toBe(404);
    }
    const after = await dumpTables(server.running.database);
    for (const table of ['visitors', 'sessions', 'messages', 'profiles', 'visitor_keys', 'audit_events']) {
      expect(after[table], table).toEqual(before[table]);
    }
  });
});

describe('a visitor’s export', () => {
  it('holds every row that is theirs, of every table of the inventory (A2)', async () => {
    const { canary, visitorId } = await plant();
    const exported = await json<VisitorExport>(await owner.fetch(`${ADMIN}/visitors/${visitorId}/export`));
    const stored = await dumpTables(server.running.database);
    for (const [table, rows] of Object.entries(stored)) {
      const theirs = rows.filter((row) => row.includes(canary) || row.includes(visitorId));
      if (INVENTORY[table]?.of === 'visitor')
        expect(exported.tables[table]?.length, table).toBeGreaterThanOrEqual(theirs.length);
    }
    expect(Object.keys(exported.tables).toSorted()).toEqual([
      'budget_counters',
      'llm_requests',
      'messages',
      'profiles',
      'session_tokens',
      'sessions',
      'visitor_keys',
      'visitors',
    ]);
    expect(exported.tables['messages']).toHaveLength(4);
    expect(exported.tables['llm_requests']).toHaveLength(2);
    expect(exported.tables['session_tokens']).toHaveLength(1);
    const text = JSON.stringify(exported);
    for (const said of ['message', 'twin', 'comment', 'consent', 'user', 'name'])
      expect(text).toContain(`${canary}-${said}`);
    expect(text).not.toMatch(/token_hash|session_key|key_hash/);
  });
});

describe('erasing a visitor', () => {
  it('leaves nothing that they said or were, and keeps the amounts (A3)', async () => {
    const { visitor, canary, visitorId, sessionId } = await plant();
    const kept = await plant();
    const cost = `SELECT sum(total_tokens)::int AS tokens, count(*)::int AS rows FROM llm_requests`;
    const before = await sql(cost);
    const receipt = await json<ErasureReceipt>(await owner.send('DELETE', `${ADMIN}/visitors/${visitorId}`));

    const dump = JSON.stringify(await dumpTables(server.running.database));
    expect(dump).not.toContain(canary);
    expect(server.logs()).not.toContain(canary);
    expect(dump).toContain(kept.canary);
    expect(await sql(cost)).toEqual(before);

    expect(receipt.stores.map(({ store, name, erased }) => [store, name, erased])).toEqual([
      ['database', 'messages', 4],
      ['database', 'sessions', 2],
      ['database', 'session_tokens', 1],
      ['database', 'visitor_keys', 0],
      ['database', 'profiles', 4],
      ['database', 'visitors', 1],
      ['database', 'budget_counters', 0],
      ['live answers', 'answers under way', 0],
      ['files', 'files', 0],
      ['live answers', 'streams in Redis', 0],
    ]);
    expect(receipt.kept).toMatchObject([{ name: 'llm_requests', rows: 2 }]);
    expect(await sql(`SELECT action FROM audit_events WHERE target_id = '${visitorId}'`)).toEqual([
      { action: 'visitor.erased' },
    ]);

    expect((await owner.fetch(`${ADMIN}/sessions/${sessionId}`)).status).toBe(404);
    expect((await owner.send('DELETE', `${ADMIN}/visitors/${visitorId}`)).status).toBe(404);
    expect((await visitor.history(HELPER)).messages).toEqual([]);
  });
});

describe('retention (A4)', () => {
  it('deletes what nobody has used for longer than it is kept, in any account, and keeps what is on hold', async () => {
    const old = await plant();
    const held = await plant();
    const recent = await plant();
    const hold = await owner.send('PUT', `${ADMIN}/sessions/${held.sessionId}/hold`, { on_hold: true });
    expect(hold.status).toBe(204);
    await sql(
      `UPDATE sessions SET last_activity_at = now() - interval '31 days', created_at = now() - interval '31 days'
       WHERE session_key IN (SELECT session_key FROM sessions WHERE id IN ('${old.sessionId}', '${held.sessionId}'))`,
    );
    await sql(`UPDATE visitors SET created_at = now() - interval '31 days' WHERE id = '${old.visitorId}'`);
    await sql(
      `DELETE FROM session_tokens WHERE session_key = (SELECT session_key FROM visitors WHERE id = '${old.visitorId}')`,
    );
    const { database } = server.running;

    expect(await enforceRetention(database, { conversations_days: 0 })).toBe(0);
    expect(await enforceRetention(database, { conversations_days: 32 })).toBe(0);
    // Both of the old one's, and of the held one's the other.
    expect(await enforceRetention(database, { conversations_days: 30 })).toBe(3);
    expect(await enforceRetention(database, { conversations_days: 30 })).toBe(0);

    const dump = JSON.stringify(await dumpTables(database));
    expect(dump).not.toContain(old.canary);
    expect(dump).toContain(`${held.canary}-message`);
    expect(dump).not.toContain(`${held.canary}-twin`);
    expect(dump).toContain(`${recent.canary}-message`);

    await owner.send('PUT', `${ADMIN}/sessions/${held.sessionId}/hold`, { on_hold: false });
    expect(await enforceRetention(database, { conversations_days: 30 })).toBe(1);
    expect(JSON.stringify(await dumpTables(database))).not.toContain(`${held.canary}-message`);
  });
});

describe('a whole account', () => {
  it('is exported without a secret, and erased by its owner’s word but for bills and the audit log', async () => {
    const visitor = createVisitor(server.url);
    const canary = `canary-${randomUUID()}`;
    await visitor.chat('/accounts/globex/agents/helper', { message: canary });
    const kept = await plant();
    const exported = await (await outsider.fetch('/accounts/globex/export')).text();
    expect(exported).toContain(canary);
    expect(exported).not.toContain(kept.canary);
    expect(exported).not.toMatch(/"(\w*_hash|hash|session_key|sealed_secret)":/);

    expect((await outsider.send('DELETE', '/accounts/globex', { confirm: 'acme' })).status).toBe(422);
    const bills = `SELECT count(*)::int AS rows FROM llm_requests WHERE account_slug = 'globex'`;
    const before = await sql(bills);
    const receipt = await json<{ erased: { name: string }[]; kept: { name: string }[] }>(
      await outsider.send('DELETE', '/accounts/globex', { confirm: 'globex' }),
    );
    expect(receipt.kept.map(({ name }) => name)).toEqual(['audit_events', 'llm_requests']);
    const dump = JSON.stringify(await dumpTables(server.running.database));
    expect(dump).not.toContain(canary);
    expect(dump).toContain(kept.canary);
    expect(await sql(bills)).toEqual(before);
    expect(await sql(`SELECT action FROM audit_events WHERE action = 'account.erased'`)).toHaveLength(1);

    // A process notices within its next look at its agents.
    await server.running.directory.refresh();
    expect((await visitor.fetch('/accounts/globex/agents/helper/history')).status).toBe(404);
    expect((await outsider.fetch('/accounts/globex/export')).status).toBe(404);
  });
});
