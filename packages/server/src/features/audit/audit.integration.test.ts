import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { systemActor } from '../../access/actor.ts';
import { runCommand } from '../../commands/run-command.ts';
import { queryAsOwnerOf } from '../../../test/owner-access.ts';
import { browserOf, createPerson, errorOf, mailedToken, TEST_PASSWORD, type Person } from '../../../test/person.ts';
import { startTestServer, type TestServer } from '../../../test/start-test-server.ts';
import { recordAudit } from './index.ts';

interface Page {
  events: { action: string; position: string; hash: string; [field: string]: unknown }[];
  next_cursor: string | null;
}

let server: TestServer;
let account: string;
let accountId: string;
let owner: Person;

beforeAll(async () => {
  server = await startTestServer({ app: { people: { mails_per_network: 1000, tries_per_network: 1000 } } });
});

afterAll(() => server.stop());

beforeEach(async () => {
  account = `shop-${randomUUID().slice(0, 8)}`;
  accountId = await server.running.database.withNewAccount({ slug: account, name: account }, (_tx, { id }) =>
    Promise.resolve(id),
  );
  owner = await createPerson(server, { account, role: 'owner' });
});

async function readLog(query = ''): Promise<Page> {
  return (await (await owner.fetch(`/accounts/${account}/admin/audit${query}`)).json()) as Page;
}

async function check(): Promise<{
  intact: boolean;
  breaks: unknown[];
  head: { position: string; hash: string } | null;
}> {
  return (await (await owner.fetch(`/accounts/${account}/admin/audit/check`)).json()) as never;
}

async function record(count: number): Promise<void> {
  const actor = { ...systemActor(), accountId, accountSlug: account };
  for (let number = 1; number <= count; number += 1) {
    await server.running.database.withAccount(accountId, (tx) =>
      recordAudit(tx, actor, { action: 'test.done', after: { number } }),
    );
  }
}

const asOwner = (sql: string) => queryAsOwnerOf(server.running.database, sql);
const inChain = () => `chain_id = '${accountId}'`;

/** `pnpm salient audit verify ...`, on the running server's database. */
async function verify(...args: string[]): Promise<[code: number, lines: string[]]> {
  const lines: string[] = [];
  const { config, database } = server.running;
  const code = await runCommand(['audit', 'verify', ...args], { config, database, print: (line) => lines.push(line) });
  return [code, lines];
}

describe('the audit log (A1)', () => {
  it('says of every change of people who did what, what was before and after, and from where', async () => {
    const invitedEmail = `${randomUUID()}@people.example`;
    await owner.send('POST', `/accounts/${account}/invites`, { email: invitedEmail, role: 'viewer' });
    const invited = browserOf(server.url);
    const token = mailedToken(server.logs(), 'invite');
    const joined = await invited.send('POST', '/auth/invites/accept', { token, password: TEST_PASSWORD });
    const { id: invitedId } = (await joined.json()) as { id: string };
    await owner.send('POST', `/accounts/${account}/users/${invitedId}/role`, { role: 'admin' });
    await owner.send('DELETE', `/accounts/${account}/users/${invitedId}`);
    const made = await owner.send('POST', `/accounts/${account}/invites`, { email: invitedEmail, role: 'member' });
    const { id: inviteId } = (await made.json()) as { id: string };
    const revoked = await owner.send('DELETE', `/accounts/${account}/invites/${inviteId}`);

    const { events } = await readLog();
    const byOwner = { kind: 'user', id: owner.id, role: 'owner' };
    const invitedPerson = { kind: 'user', id: invitedId };
    expect(events).toMatchObject([
      {
        position: '6',
        action: 'invite.revoked',
        actor: byOwner,
        target: { kind: 'invite', id: inviteId },
        before: { role: 'member' },
        after: null,
      },
      { position: '5', action: 'invite.created', actor: byOwner, after: { role: 'member' } },
      {
        position: '4',
        action: 'member.removed',
        actor: byOwner,
        target: invitedPerson,
        before: { role: 'admin' },
        after: null,
      },
      {
        position: '3',
        action: 'member.role_changed',
        actor: byOwner,
        target: invitedPerson,
        before: { role: 'viewer' },
        after: { role: 'admin' },
      },
      {
        position: '2',
        action: 'member.joined',
        actor: { ...invitedPerson, role: 'viewer' },
        after: { role: 'viewer' },
      },
      {
        position: '1',
        action: 'invite.created',
        actor: byOwner,
        before: null,
        after: { role: 'viewer' },
        address: '127.0.0.1',
      },
    ]);
    expect(events[0]?.['request_id']).toBe(revoked.headers.get('X-Request-ID'));
    expect(JSON.stringify(events)).not.toContain(invitedEmail);
    expect(await check()).toMatchObject({ intact: true, head: { position: '6', hash: events[0]?.hash } });
  });

  it('keeps what concerns no account in a log of the person, which shows who tried to sign in', async () => {
    const { email } = owner;
    await browserOf(server.url).send('POST', '/auth/login', { email, password: 'a wrong password' });
    await browserOf(server.url).send('POST', '/auth/password/forgot', { email });
    await owner.send('POST', '/auth/password/change', {
      current_password: TEST_PASSWORD,
      new_password: 'another password',
    });
    const { events } = (await (await owner.fetch('/auth/audit')).json()) as Page;
    expect(events).toMatchObject([
      { action: 'password.changed', actor: { id: owner.id }, after: { sessions_ended: 1 } },
      { action: 'password.reset_requested', actor: { id: null } },
      { action: 'login.failed', actor: { id: null }, address: '127.0.0.1' },
      { action: 'login.succeeded', actor: { id: owner.id } },
    ]);
    expect(JSON.stringify(events)).not.toContain(email);
    expect((await readLog()).events).toEqual([]);
  });

  it('is given out in pages', async () => {
    await record(5);
    const first = await readLog('?limit=2');
    const second = await readLog(`?limit=2&before=${first.next_cursor}`);
    const third = await readLog(`?limit=2&before=${second.next_cursor}`);
    const positions = [first, second, third].map(({ events }) => events.map(({ position }) => position));
    expect(positions).toEqual([['5', '4'], ['3', '2'], ['1']]);
    expect(third.next_cursor).toBeNull();
    for (const before of ['0', '-1', 'x', '9'.repeat(30)]) {
      expect(await errorOf(await owner.fetch(`/accounts/${account}/admin/audit?before=${before}`))).toEqual([
        422,
        'VALIDATION_ERROR',
      ]);
    }
  });

  it('takes changes of the same moment one after the other, without a gap', async () => {
    await Promise.all(Array.from({ length: 20 }, () => record(1)));
    const { events } = await readLog();
    expect(events.map(({ position }) => Number(position))).toEqual(
      Array.from({ length: 20 }, (_, index) => 20 - index),
    );
    expect(await check()).toMatchObject({ intact: true, breaks: [] });
  });

  it('undoes an entry with its change', async () => {
    await record(1);
    const undone = server.running.database.withAccount(accountId, async (tx) => {
      const actor = { ...systemActor(), accountId, accountSlug: account };
      await recordAudit(tx, actor, { action: 'test.undone' });
      throw new Error('undo');
    });
    await expect(undone).rejects.toThrow('undo');
    await record(1);
    expect((await readLog()).events.map(({ action, position }) => [action, position])).toEqual([
      ['test.done', '2'],
      ['test.done', '1'],
    ]);
    expect((await check()).intact).toBe(true);
  });

  it('cannot be changed by whoever serves', async () => {
    await record(2);
    const before = await readLog();
    const { database } = server.running;
    for (const sql of [
      `UPDATE audit_events SET action = 'other'`,
      'DELETE FROM audit_events',
      'TRUNCATE audit_events',
    ]) {
      await expect(
        database.withAccount(accountId, (tx) => tx.$executeRawUnsafe(sql)),
        sql,
      ).rejects.toThrow('42501');
      await expect(
        database.asWorker((tx) => tx.$executeRawUnsafe(sql)),
        sql,
      ).rejects.toThrow('42501');
    }
    // Nor can it say when, where in the chain, or after what an entry was made.
    await database.withAccount(accountId, (tx) =>
      tx.auditEvent.createMany({
        data: [
          {
            chainId: accountId,
            accountId,
            actorKind: 'system',
            action: 'test.backdated',
            position: 1n,
            createdAt: new Date(0),
            hash: before.events[1]!.hash,
          },
        ],
      }),
    );
    const after = await readLog();
    expect(after.events.slice(1)).toEqual(before.events);
    expect(after.events[0]).toMatchObject({ position: '3', previous_hash: before.events[0]?.hash });
    expect(Date.parse(String(after.events[0]?.['created_at']))).toBeGreaterThan(Date.now() - 600_000);
    expect((await check()).intact).toBe(true);
  });
});

describe('a log that was tampered with (A1)', () => {
  it.each([
    ['an entry was altered', `UPDATE audit_events SET after = '{"number": 9}' WHERE position = 3 AND`, ['3 altered']],
    ['an entry has another actor', `UPDATE audit_events SET actor_kind = 'user' WHERE position = 3 AND`, ['3 altered']],
    ['an entry is gone', 'DELETE FROM audit_events WHERE position = 3 AND', ['4 missing']],
    ['the first is gone', 'DELETE FROM audit_events WHERE position = 1 AND', ['2 missing']],
    ['the last is gone', 'DELETE FROM audit_events WHERE position = 5 AND', ['4 cut']],
    ['all are gone', 'DELETE FROM audit_events WHERE', ['0 cut']],
    ['where it ends was altered', 'UPDATE audit_heads SET position = 4 WHERE', ['5 cut']],
    ['where it ends is gone', 'DELETE FROM audit_heads WHERE', ['5 cut']],
    [
      'an entry was altered, and its hash with it',
      `UPDATE audit_events SET hash = hash_audit_event(jsonb_populate_record(audit_events, '{"action": "other"}')), action = 'other' WHERE position = 3 AND`,
      ['4 unlinked'],
    ],
  ])('shows where: %s', async (_, sql, expected) => {
    await record(5);
    expect((await check()).intact).toBe(true);
    await asOwner(`${sql} ${inChain()}`);
    const { intact, breaks } = await check();
    expect(intact).toBe(false);
    expect(
      (breaks as { position: string; problem: string }[]).map(({ position, problem }) => `${position} ${problem}`),
    ).toEqual(expected);
    const [code, lines] = await verify('--account', account);
    expect(code).toBe(1);
    expect(lines.join('\n')).toContain(accountId);
    // The chains of others are as they were.
    await asOwner(`DELETE FROM audit_events WHERE ${inChain()}`);
    await asOwner(`DELETE FROM audit_heads WHERE ${inChain()}`);
    expect((await verify())[0]).toBe(0);
  });

  it('shows to whoever kept where it ended, when it was written anew as a whole', async () => {
    await record(3);
    const [, lines] = await verify('--account', account);
    const kept = /ends at (\d+:\w+)/.exec(lines[0] ?? '')?.[1] ?? '';
    await record(1);
    expect((await verify('--account', account, '--expect', kept))[0]).toBe(0);
    await asOwner(`DELETE FROM audit_events WHERE ${inChain()}`);
    await asOwner(`DELETE FROM audit_heads WHERE ${inChain()}`);
    await record(4);
    expect((await check()).intact).toBe(true);
    expect((await verify('--account', account))[0]).toBe(0);
    expect((await verify('--account', account, '--expect', kept))[0]).toBe(1);
  });
});
