import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../test/test-database.ts';
import { openDatabase, type Database } from '../../db/index.ts';
import { eraseAccount } from './account-data.ts';
import { eraseVisitor } from './erase-visitor.ts';
import { getVisitor } from './find-visitor.ts';

// Two connections at once, which the embedded database has not.
describe('while an answer is being stored', () => {
  let testDatabase: TestDatabase;
  let database: Database;

  beforeAll(async () => {
    testDatabase = await createTestDatabase();
    database = await openDatabase(testDatabase);
  });

  afterAll(async () => {
    await database.close();
    await testDatabase.remove();
  });

  it.each([
    ['a visitor is erased', (accountId: string) => eraseVisitorOf(accountId)],
    ['an account is erased', (accountId: string) => eraseAccountOf(accountId)],
    ['a conversation is deleted', (accountId: string) => deleteSessionOf(accountId)],
  ])('%s, and neither fails', async (_name, erase) => {
    const { accountId, turnId } = await beginTurn();
    // As finish_turn: the answer, then, after whatever takes its time, the question.
    const storing = new pg.Client({ connectionString: testDatabase.url ?? '' });
    await storing.connect();
    try {
      await storing.query('BEGIN');
      await storing.query(`SELECT FROM messages WHERE turn_id = $1 AND role = 'assistant' FOR UPDATE`, [turnId]);
      const erasing = erase(accountId);
      erasing.catch(() => {});
      await expect.poll(() => waiting(storing)).toBe(1);
      await storing.query(`UPDATE messages SET metadata = '{}' WHERE turn_id = $1 AND role = 'user'`, [turnId]);
      await storing.query('COMMIT');
      await erasing;
      const { rows } = await storing.query('SELECT id FROM messages WHERE turn_id = $1', [turnId]);
      expect(rows).toEqual([]);
    } finally {
      await storing.end();
    }
  });

  async function waiting(client: pg.Client): Promise<number> {
    const { rows } = await client.query<{ count: number }>(
      `SELECT count(*)::integer AS count FROM pg_stat_activity
         WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );
    return rows[0]?.count ?? 0;
  }

  async function beginTurn(): Promise<{ accountId: string; turnId: string }> {
    const slug = `shop-${randomUUID()}`;
    const made = await database.withNewAccount({ slug, name: slug }, async (tx, { id: accountId }) => {
      const agent = { accountId, instanceSlug: 'helper', agentType: 'simple_chat', displayName: 'Helper' };
      await tx.visitor.createMany({ data: [{ accountId, sessionKey: 'a visitor' }] });
      return { accountId, agentInstanceId: (await tx.agentInstance.create({ data: agent })).id };
    });
    const input = {
      ...made,
      accountSlug: slug,
      sessionKey: 'a visitor',
      entry: null,
      content: 'Hello',
      clientMessageId: null,
      requestHash: null,
      replaces: null,
      call: { requestId: randomUUID(), provider: 'openai', model: 'm', startedAt: '', promptTokens: 3 },
      budget: null,
      leaseOwner: randomUUID(),
      leaseSeconds: 60,
      historyLimit: 10,
      search: null,
    };
    const { begun } = await database.turns.startTurn(input, null);
    if (begun?.outcome !== 'created') throw new Error(`the turn is ${begun?.outcome}`);
    return { accountId: made.accountId, turnId: begun.turn_id };
  }

  const eraseVisitorOf = (accountId: string) =>
    database.withAccount(accountId, async (tx) => {
      const { id } = await tx.visitor.findFirstOrThrow();
      await eraseVisitor(tx, await getVisitor(tx, accountId, id), { stopped: 1 });
    });

  const eraseAccountOf = (accountId: string) =>
    database.withAccount(accountId, async (tx) => {
      const { slug } = await tx.account.findUniqueOrThrow({ where: { id: accountId } });
      await eraseAccount(tx, { id: accountId, slug });
    });

  const deleteSessionOf = (accountId: string) =>
    database.withAccount(accountId, async (tx) => void (await tx.session.deleteMany()));
});
