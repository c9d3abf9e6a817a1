import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sqlStateOf } from '../../test/sql-errors.ts';
import { openTwoTenants, type TwoTenants } from '../../test/two-tenants.ts';

let tenants: TwoTenants;

beforeAll(async () => {
  tenants = await openTwoTenants();
});

afterAll(() => tenants.close());

describe('the ledger', () => {
  it('is append-only for whoever serves', async () => {
    const before = await tenants.rowsOf({ name: 'llm_requests', tenantColumn: 'account_id' }, tenants.accountIds.a);
    for (const sql of [
      'UPDATE llm_requests SET total_cost = 0',
      'DELETE FROM llm_requests',
      'TRUNCATE llm_requests',
      'TRUNCATE accounts CASCADE',
    ]) {
      expect(await tenants.affected(sql), sql).toBe('refused');
      expect(await sqlStateOf(tenants.database.asWorker((tx) => tx.$executeRawUnsafe(sql))), sql).toBe('42501');
    }
    expect(await tenants.rowsOf({ name: 'llm_requests', tenantColumn: 'account_id' }, tenants.accountIds.a)).toEqual(
      before,
    );
  });

  it('keeps the first entry when the same request is entered again', async () => {
    const [before] = await tenants.rowsOf({ name: 'llm_requests', tenantColumn: 'account_id' }, tenants.accountIds.a);
    const again = { ...before, turn_id: randomUUID(), total_cost: '9.00000000' } as never;
    const next = { requestId: randomUUID(), provider: 'openai', model: 'm', startedAt: '', promptTokens: 1 };
    await tenants.database.turns.recordAttempt(tenants.accountIds.a, again, next, null);
    expect(await tenants.rowsOf({ name: 'llm_requests', tenantColumn: 'account_id' }, tenants.accountIds.a)).toEqual([
      before,
    ]);
  });
});

describe('the worker', () => {
  it('writes leases, drafts and last uses of every account, and nothing else', async () => {
    const run = (sql: string) => tenants.database.asWorker((tx) => tx.$executeRawUnsafe(sql));
    expect(await run('UPDATE agent_instances SET last_used_at = now()')).toBe(2);
    expect(await run(`UPDATE messages SET content = content, lease_owner = lease_owner WHERE status = 'pending'`)).toBe(
      2,
    );
    for (const sql of [
      `UPDATE accounts SET status = 'deleted'`,
      `UPDATE agent_instances SET configuration = '{}'`,
      `UPDATE messages SET role = 'system'`,
      `UPDATE messages SET account_id = '${tenants.accountIds.a}'`,
      `UPDATE messages SET status = 'complete', lease_expires_at = NULL`,
      `UPDATE sessions SET email = 'someone@example.com'`,
      `DELETE FROM messages`,
      `INSERT INTO accounts (slug, name) VALUES ('c', 'C')`,
      `SELECT * FROM visitors`,
      `UPDATE session_tokens SET ended_at = NULL`,
      `SELECT * FROM knowledge_chunks`,
      `CREATE TABLE own (id integer)`,
    ]) {
      expect(await sqlStateOf(run(sql)), sql).toBe('42501');
    }
  });
});
