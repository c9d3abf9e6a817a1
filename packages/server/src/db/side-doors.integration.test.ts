import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorOf } from '../../test/sql-errors.ts';
import {
  enterAppRole,
  insertRow,
  openTwoTenants,
  type Row,
  type TenantTable,
  type Transaction,
  type TwoTenants,
} from '../../test/two-tenants.ts';

let tenants: TwoTenants;

beforeAll(async () => {
  tenants = await openTwoTenants();
});

afterAll(() => tenants.close());

describe('side doors (T5)', () => {
  it('are closed by foreign keys that name the account', async () => {
    const keys = await tenants.database.asWorker(findForeignKeys);
    expect(keys.length).toBeGreaterThan(7);
    for (const key of keys) {
      expect(
        key.columns.map(({ child, parent }) => `${child}>${parent}`),
        key.name,
      ).toContain(key.parent === 'accounts' ? 'account_id>id' : 'account_id>account_id');
    }
  });

  it("answer B's parent id as an unknown one", async () => {
    const keys = (await tenants.database.asWorker(findForeignKeys)).filter(({ parent }) => parent !== 'accounts');
    for (const key of keys) {
      const column = key.columns.find(({ child }) => child !== 'account_id')!.child;
      const table = { name: key.child, tenantColumn: 'account_id' };
      const children = (await tenants.rowsOf(table, tenants.accountIds.a)).filter((row) => row[column] !== null);
      const [foreignParent] = await tenants.rowsOf(
        { name: key.parent, tenantColumn: 'account_id' },
        tenants.accountIds.b,
      );
      expect(children, `${key.name}: add a row to seedAccount`).not.toEqual([]);
      for (const child of children) {
        const errors = [];
        for (const parentId of [foreignParent!.id, randomUUID()]) {
          const error = await errorOf(replaceRow(table, child, { ...child, [column]: parentId }));
          errors.push(error.message.replaceAll(parentId, 'parent'));
        }
        expect(errors[0], key.name).toContain(key.name);
        expect(errors[0], key.name).toBe(errors[1]);
      }
    }
  });

  it("answer B's agent in a turn as an unknown one", async () => {
    const [agent] = await tenants.rowsOf({ name: 'agent_instances', tenantColumn: 'account_id' }, tenants.accountIds.b);
    const errors = [];
    for (const agentInstanceId of [agent!.id, randomUUID()]) {
      const error = await errorOf(beginTurn(tenants.accountIds.a, agentInstanceId));
      errors.push(error.message.replaceAll(agentInstanceId, 'agent'));
    }
    expect(errors[0]).toContain('sessions_account_id_agent_instance_id_fkey');
    expect(errors[0]).toBe(errors[1]);
  });

  it('do not show through unique keys: only ids, account names and hashes are unique across accounts', async () => {
    const global = await tenants.database.asWorker(
      (tx) => tx.$queryRaw<{ name: string }[]>`
        SELECT indexrelid::regclass::text AS name FROM pg_index
          JOIN pg_class ON pg_class.oid = indrelid
          JOIN pg_attribute ON attrelid = indrelid AND attnum = indkey[0]
        WHERE indisunique AND NOT indisprimary AND attname <> 'account_id' AND relname <> '_prisma_migrations'
          AND relnamespace = 'public'::regnamespace
        ORDER BY 1`,
    );
    expect(global.map(({ name }) => name)).toEqual([
      'account_invites_token_hash_key',
      'accounts_slug_key',
      // 59 random bits.
      'api_keys_prefix_key',
      // A chain is an account or a person, and nobody adds to another one's.
      'audit_events_chain_id_position_key',
      'email_tokens_token_hash_key',
      'session_tokens_token_hash_key',
      'user_sessions_token_hash_key',
      // People belong to no account. Registering the same address again looks like the first time.
      'users_email_key',
    ]);
    const sharedSlugs = await tenants.inOwnerTransaction(
      (tx) => tx.$queryRaw`SELECT instance_slug FROM agent_instances GROUP BY 1 HAVING count(DISTINCT account_id) = 2`,
    );
    expect(sharedSlugs).toEqual([{ instance_slug: 'helper' }]);
  });
});

function beginTurn(accountId: string, agentInstanceId: string) {
  const input = {
    accountId,
    accountSlug: 'a',
    agentInstanceId,
    sessionKey: 'new visitor',
    entry: null,
    content: 'Hello',
    clientMessageId: null,
    requestHash: null,
    replaces: null,
    call: { requestId: randomUUID(), provider: 'local', model: 'local', startedAt: '', promptTokens: 1 },
    budget: null,
    leaseOwner: randomUUID(),
    leaseSeconds: 30,
    historyLimit: 10,
    search: null,
  };
  return tenants.database.turns.startTurn(input, null);
}

interface ForeignKey {
  name: string;
  child: string;
  parent: string;
  columns: { child: string; parent: string }[];
}

/** Every foreign key to a tenant table. */
async function findForeignKeys(tx: Transaction): Promise<ForeignKey[]> {
  const keys = await tx.$queryRaw<ForeignKey[]>`
    SELECT conname::text AS name, conrelid::regclass::text AS child, confrelid::regclass::text AS parent,
      (SELECT jsonb_agg(jsonb_build_object('child', child.attname, 'parent', parent.attname))
        FROM unnest(conkey, confkey) AS pair(child_number, parent_number)
        JOIN pg_attribute child ON child.attrelid = conrelid AND child.attnum = child_number
        JOIN pg_attribute parent ON parent.attrelid = confrelid AND parent.attnum = parent_number) AS columns
    FROM pg_constraint WHERE contype = 'f' AND connamespace = 'public'::regnamespace ORDER BY 1`;
  return keys.filter(({ parent }) => tenants.tables.some(({ name }) => name === parent));
}

/** As account A, puts a row in the place of one of its own. */
function replaceRow(table: TenantTable, old: Row, row: Row): Promise<void> {
  return tenants.database.withAccount(tenants.accountIds.a, async (tx) => {
    await tx.$queryRaw`SELECT set_config('role', 'none', true)`;
    await tx.$executeRawUnsafe(`DELETE FROM ${table.name} WHERE id = $1::uuid`, old.id);
    await enterAppRole(tx);
    await insertRow(tx, table, row);
  });
}
