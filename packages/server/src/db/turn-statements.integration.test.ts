import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ledgerRow } from '../../test/ledger-row.ts';
import { createTestDatabase, type TestDatabase } from '../../test/test-database.ts';
import { openDatabase, type Database, type StartTurnInput } from './index.ts';

const PRICED = {
  limits: {
    account_monthly: '100',
    account_daily: '100',
    agent_monthly: '100',
    agent_daily: '100',
    visitor_daily: '100',
  },
  choices: [{ provider: 'openai', model: 'gpt-4o', prompt_usd: '1', completion_usd: '1' }],
  prompt_tokens: 10,
  max_prompt_tokens: 100,
  completion_tokens: 10,
};

let testDatabase: TestDatabase;
let database: Database;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  // One connection: it plans its statements while there is next to nothing in the tables, and keeps the plans.
  database = await openDatabase({ ...testDatabase, maxConnections: 1 });
});

afterAll(async () => {
  await database.close();
  await testDatabase.remove();
});

it('a turn reads as little for the 270th visitor of an account as for the 60th', async () => {
  const owner = await createAgent(`crowded-${randomUUID()}`);
  await answerVisitors(owner, 60);
  await refresh();
  const few = await readsOf(() => answerVisitors(owner, 10));
  await answerVisitors(owner, 200);
  expect(await refresh()).toContain('messages');
  const many = await readsOf(() => answerVisitors(owner, 10));
  expect(many).toBeLessThan(few * 1.1);
  expect(await database.budgets.check()).toEqual([]);
});

interface Owner {
  accountId: string;
  accountSlug: string;
  agentInstanceId: string;
}

function createAgent(slug: string): Promise<Owner> {
  return database.withNewAccount({ slug, name: slug }, async (tx, { id: accountId }) => {
    const { id } = await tx.agentInstance.create({
      data: { accountId, instanceSlug: 'helper', agentType: 'simple_chat', displayName: 'Helper' },
    });
    return { accountId, accountSlug: slug, agentInstanceId: id };
  });
}

/** From the first request of a new browser to the stored answer, with limits and budgets. */
async function answerVisitors({ accountId, accountSlug, agentInstanceId }: Owner, count: number): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    const sessionKey = randomUUID();
    const requestId = randomUUID();
    const leaseOwner = randomUUID();
    const input: StartTurnInput = {
      accountId,
      accountSlug,
      agentInstanceId,
      sessionKey,
      entry: {
        accountId,
        browserHash: randomUUID(),
        keyHash: sessionKey,
        issuedAt: new Date(),
        remember: true,
        overlapSeconds: 60,
        absoluteSeconds: 86_400,
      },
      content: 'Hello',
      clientMessageId: randomUUID(),
      requestHash: 'hash',
      replaces: null,
      call: { requestId, provider: 'openai', model: 'gpt-4o', startedAt: '', promptTokens: 1 },
      budget: PRICED,
      leaseOwner,
      leaseSeconds: 30,
      historyLimit: 10,
      search: null,
    };
    const claims = [
      { key: `visitor ${sessionKey}`, takesUs: 1, windowUs: 60_000_000 },
      { key: 'account', takesUs: 1, windowUs: 60_000_000 },
    ];
    const { begun, taken } = await database.turns.startTurn(input, claims);
    if (begun?.outcome !== 'created') throw new Error(`not begun: ${JSON.stringify({ begun, taken })}`);
    const { turn_id: turnId, session_id } = begun;
    const isFinished = await database.turns.finishTurn({
      accountId,
      turnId,
      leaseOwner,
      content: 'Hello.',
      status: 'complete',
      metadata: {},
      request: ledgerRow({
        id: requestId,
        account_slug: accountSlug,
        agent_instance_id: agentInstanceId,
        session_id,
        turn_id: turnId,
        completion_status: 'complete',
        total_cost: '0.00000500',
        budget_usd: '0.00000500',
      }),
    });
    if (!isFinished) throw new Error('not finished');
  }
}

/** What the job does every few seconds. */
async function refresh(): Promise<string[]> {
  await flushCounts();
  return database.refreshStatistics();
}

/**
 * Rows that were read. Not the index entries on the way to them: those of versions that were changed since stay as long as any
 * transaction is open that began before, also one in the database of another suite.
 */
async function readsOf(work: () => Promise<void>): Promise<number> {
  const before = await countReads();
  await work();
  return (await countReads()) - before;
}

async function countReads(): Promise<number> {
  await flushCounts();
  const [row] = await database.asWorker(
    (tx) => tx.$queryRaw<[{ count: number }]>`
      SELECT sum(coalesce(idx_tup_fetch, 0) + seq_tup_read)::int AS count FROM pg_stat_user_tables`,
  );
  return row?.count ?? 0;
}

/** Of this connection, when the transaction ends. Else they are up to a second late. */
async function flushCounts(): Promise<void> {
  await database.asWorker((tx) => tx.$queryRaw`SELECT pg_stat_force_next_flush()::text`);
}
