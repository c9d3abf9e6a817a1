import { randomInt, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startPgbouncer } from '../../../scripts/start-pgbouncer.mjs';
import { createCluster, type Cluster } from './cluster.ts';
import { createTestDatabase, type TestDatabase } from './test-database.ts';
import { createVisitor, type Visitor } from './visitor.ts';

const TENANTS = 20;
const CALLS = 10_000;
const ABORTED_CALLS = 5_000;
const CALLERS_PER_TENANT = 2;
/** Longer than most calls take, so that calls are cut before, in and after their answer. */
const LONGEST_CALL_MS = 60;

interface Tenant {
  agent: string;
  /** Said by this tenant's visitor, and by nobody else. */
  canary: string;
  visitor: Visitor;
}

let pooler: { url: string; stop: () => Promise<void> };
let database: TestDatabase;
let cluster: Cluster;
let tenants: Tenant[];

beforeAll(async () => {
  database = await createTestDatabase();
  pooler = await startPgbouncer(database.url ?? '', 1);
  const accounts = Array.from({ length: TENANTS }, (_, index) => `tenant${index}`);
  cluster = await createCluster({
    models: Object.fromEntries(accounts.map((account) => [`${account}/helper`, 'words:count=3,delay=1'])),
    databaseUrl: pooler.url,
  });
  const servers = [await cluster.start(), await cluster.start()];
  tenants = await Promise.all(
    accounts.map(async (account, index) => {
      const agent = `/accounts/${account}/agents/helper`;
      const canary = `canary-${account}-${randomUUID()}`;
      const visitor = createVisitor(servers[index % servers.length]?.url ?? '');
      await visitor.chat(agent, { message: canary });
      return { agent, canary, visitor };
    }),
  );
});

afterAll(async () => {
  await cluster.close();
  await pooler.stop();
  await database.remove();
});

/** What is asked in turn. Every tenth call writes. */
async function call({ agent, canary, visitor }: Tenant, turn: number, signal?: AbortSignal): Promise<string> {
  const init = signal ? { signal } : {};
  if (turn % 10 === 9) {
    const body = JSON.stringify({ message: `${canary} again` });
    const headers = { 'Content-Type': 'application/json' };
    return (await visitor.fetch(`${agent}/chat`, { method: 'POST', headers, body, ...init })).text();
  }
  const account = agent.split('/')[2] ?? '';
  const addresses = [`${agent}/history`, `/api/session?account=${account}&agent=helper`, `/accounts/${account}/agents`];
  return (await visitor.fetch(addresses[turn % addresses.length] ?? '', init)).text();
}

function expectOwn(answer: string, own: Tenant): void {
  const foreign = tenants.filter((tenant) => tenant !== own && answer.includes(tenant.canary));
  expect(foreign, 'no canary of another tenant').toEqual([]);
}

/** Every tenant calls through several callers at once, so that the pool's one connection changes hands all the time. */
async function interleave(calls: number, work: (tenant: Tenant, turn: number) => Promise<void>): Promise<void> {
  const callers = tenants.flatMap((tenant) => Array.from({ length: CALLERS_PER_TENANT }, () => tenant));
  const perCaller = Math.ceil(calls / callers.length);
  await Promise.all(
    callers.map(async (tenant) => {
      for (let turn = 0; turn < perCaller; turn += 1) await work(tenant, turn);
    }),
  );
}

async function expectHistories(): Promise<void> {
  for (const tenant of tenants) {
    const { messages } = await tenant.visitor.history(tenant.agent);
    const said = messages.filter(({ role }) => role === 'user').map(({ content }) => content);
    expect(said.length).toBeGreaterThan(0);
    for (const content of said) expect(content).toContain(tenant.canary);
  }
}

describe('twenty tenants over one database connection', () => {
  it('in 10,000 interleaved calls none reads or writes what is another’s (T4)', async () => {
    let withCanary = 0;
    await interleave(CALLS, async (tenant, turn) => {
      const answer = await call(tenant, turn);
      expectOwn(answer, tenant);
      if (answer.includes(tenant.canary)) withCanary += 1;
    });
    // Histories and replies quote it: what is compared above is not empty.
    expect(withCanary).toBeGreaterThan(CALLS / 4);
    await expectHistories();
  }, 300_000);

  it('of 5,000 calls, half of them aborted at any moment, none is answered with what is another’s (T6)', async () => {
    let aborted = 0;
    await interleave(ABORTED_CALLS, async (tenant, turn) => {
      const signal = Math.random() < 0.5 ? AbortSignal.timeout(randomInt(LONGEST_CALL_MS)) : undefined;
      try {
        expectOwn(await call(tenant, turn, signal), tenant);
      } catch (error) {
        if ((error as Error).name !== 'TimeoutError') throw error;
        aborted += 1;
      }
    });
    expect(aborted).toBeGreaterThan(ABORTED_CALLS / 10);
    await expect.poll(() => cluster.query(`SELECT FROM messages WHERE status = 'pending'`)).toEqual([]);
    await expectHistories();
    const crossed = await cluster.query(
      `SELECT FROM messages JOIN sessions ON sessions.id = messages.session_id
       JOIN accounts ON accounts.id = messages.account_id
       WHERE messages.account_id <> sessions.account_id
         OR messages.role = 'user' AND messages.content NOT LIKE 'canary-' || accounts.slug || '-%'`,
    );
    expect(crossed).toEqual([]);
  }, 300_000);
});
