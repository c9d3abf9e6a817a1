import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTwoTenants, type Transaction, type TwoTenants } from '../../test/two-tenants.ts';

let tenants: TwoTenants;

beforeAll(async () => {
  tenants = await openTwoTenants();
});

afterAll(() => tenants.close());

describe('the catalogue (T2)', () => {
  it('finds the tenant tables, each with rows of both accounts for the tests below', async () => {
    expect(tenants.tables.map(({ name }) => name)).toEqual([
      'account_budgets',
      'account_invites',
      'accounts',
      'agent_config_versions',
      'agent_instances',
      'api_keys',
      'audit_events',
      'budget_counters',
      'budget_reservations',
      'identity_keys',
      'knowledge_chunks',
      'knowledge_documents',
      'llm_requests',
      'messages',
      'notifications',
      'profiles',
      'session_tokens',
      'sessions',
      'user_roles',
      'visitor_keys',
      'visitors',
    ]);
    for (const table of tenants.tables) {
      expect(await tenants.rowsOf(table, tenants.accountIds.a), `${table.name}: add a row to seedAccount`).not.toEqual(
        [],
      );
      expect(await tenants.rowsOf(table, tenants.accountIds.b), `${table.name}: add a row to seedAccount`).not.toEqual(
        [],
      );
    }
  });

  it('has row-level security enabled and forced on each, with a policy', async () => {
    expect(await tenants.database.asWorker(findUnguardedTables)).toEqual([]);
  });

  it('would notice a new tenant table without it', async () => {
    const found = tenants.inOwnerTransaction(async (tx) => {
      await tx.$executeRaw`CREATE TABLE forgotten (id uuid, account_id uuid)`;
      await tx.$executeRaw`CREATE TABLE half_guarded (id uuid, account_id uuid)`;
      await tx.$executeRaw`ALTER TABLE half_guarded ENABLE ROW LEVEL SECURITY`;
      await tx.$executeRaw`CREATE VIEW peephole AS SELECT * FROM sessions`;
      return findUnguardedTables(tx);
    });
    expect(await found).toEqual(['forgotten', 'half_guarded', 'peephole']);
  });

  it('serves through roles that own nothing and bypass nothing', async () => {
    const roles = await tenants.database.asWorker(
      (tx) => tx.$queryRaw`
        SELECT rolname::text AS name, rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolcanlogin AS "isPowerful",
          EXISTS (SELECT FROM pg_class WHERE relowner = pg_roles.oid) AS "isOwner",
          EXISTS (SELECT FROM pg_auth_members WHERE member = pg_roles.oid) AS "isMember"
        FROM pg_roles WHERE rolname LIKE 'salient%' ORDER BY 1`,
    );
    expect(roles).toEqual([
      { name: 'salient_app', isPowerful: false, isOwner: false, isMember: false },
      { name: 'salient_worker', isPowerful: false, isOwner: false, isMember: false },
    ]);
    expect(await tenants.database.withAccount(tenants.accountIds.a, whoAmI)).toBe('salient_app');
    expect(await tenants.database.withAccountSlug('a', whoAmI)).toBe('salient_app');
    expect(await tenants.database.asWorker(whoAmI)).toBe('salient_worker');
  });

  it('lets no function run with its owner rights', async () => {
    const definers = await tenants.database.asWorker(
      (tx) => tx.$queryRaw`
        SELECT proname::text FROM pg_proc WHERE prosecdef AND pronamespace = 'public'::regnamespace`,
    );
    expect(definers).toEqual([]);
  });

  it('grants what serving needs and no more', async () => {
    expect(await tenants.database.asWorker(describeGrants)).toMatchInlineSnapshot(`
      "salient_app account_budgets SELECT, INSERT, UPDATE, DELETE
      salient_app account_invites SELECT, INSERT, UPDATE, DELETE
      salient_app accounts SELECT, INSERT, UPDATE
      salient_app agent_config_versions SELECT, INSERT
      salient_app agent_instances SELECT, INSERT, UPDATE, DELETE
      salient_app agent_performance_metrics SELECT
      salient_app agent_usage_log SELECT
      salient_app api_keys SELECT, INSERT, DELETE (UPDATE revoked_at, UPDATE revoked_by)
      salient_app audit_events SELECT, INSERT
      salient_app audit_heads SELECT, INSERT, UPDATE
      salient_app browser_keys SELECT, INSERT, UPDATE
      salient_app budget_counters SELECT, INSERT, UPDATE, DELETE
      salient_app budget_reservations SELECT, INSERT, DELETE
      salient_app email_tokens SELECT, INSERT, DELETE
      salient_app identity_keys SELECT, INSERT, UPDATE, DELETE
      salient_app knowledge_chunks SELECT, INSERT, UPDATE, DELETE
      salient_app knowledge_documents SELECT, INSERT, UPDATE, DELETE
      salient_app llm_requests SELECT, INSERT
      salient_app messages SELECT, INSERT, UPDATE, DELETE
      salient_app notifications SELECT, INSERT, DELETE
      salient_app profiles SELECT, INSERT, UPDATE, DELETE
      salient_app roles SELECT
      salient_app session_tokens SELECT, INSERT, UPDATE, DELETE
      salient_app sessions SELECT, INSERT, UPDATE, DELETE
      salient_app user_roles SELECT, INSERT, UPDATE, DELETE
      salient_app user_sessions SELECT, INSERT, UPDATE, DELETE
      salient_app users SELECT, INSERT, UPDATE, DELETE
      salient_app visitor_keys SELECT, INSERT, UPDATE, DELETE
      salient_app visitors SELECT, INSERT, UPDATE, DELETE
      salient_worker account_budgets SELECT
      salient_worker account_invites SELECT, DELETE
      salient_worker accounts SELECT
      salient_worker agent_config_versions SELECT, DELETE
      salient_worker agent_instances SELECT (UPDATE last_used_at)
      salient_worker api_keys SELECT (UPDATE last_used_at)
      salient_worker audit_events SELECT
      salient_worker audit_heads SELECT
      salient_worker browser_keys SELECT, DELETE
      salient_worker budget_counters SELECT, DELETE
      salient_worker budget_reservations SELECT
      salient_worker email_tokens SELECT, DELETE
      salient_worker llm_requests SELECT
      salient_worker messages SELECT (UPDATE content, UPDATE lease_expires_at, UPDATE lease_owner, UPDATE metadata)
      salient_worker notifications SELECT (UPDATE announced_at)
      salient_worker rate_limits SELECT, INSERT, UPDATE, DELETE
      salient_worker session_tokens SELECT, DELETE
      salient_worker sessions SELECT
      salient_worker user_sessions SELECT, DELETE
      salient_worker visitors (SELECT account_id, SELECT id)"
    `);
  });
});

async function whoAmI(tx: Transaction): Promise<string> {
  const [row] = await tx.$queryRaw<[{ name: string }]>`SELECT current_user::text AS name`;
  return row.name;
}

/** Tenant tables without forced row-level security or a policy, and views that would read them as their owner. */
async function findUnguardedTables(tx: Transaction): Promise<string[]> {
  const rows = await tx.$queryRaw<{ name: string }[]>`
    SELECT relname::text AS name FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND CASE
      WHEN relkind IN ('r', 'p') THEN
        (relname = 'accounts' OR EXISTS (SELECT FROM pg_attribute WHERE attrelid = pg_class.oid AND attname = 'account_id'))
        AND NOT (relrowsecurity AND relforcerowsecurity AND EXISTS (SELECT FROM pg_policy WHERE polrelid = pg_class.oid))
      WHEN relkind = 'v' THEN NOT coalesce('security_invoker=true' = ANY(reloptions), false)
      ELSE relkind = 'm'
    END
    ORDER BY 1`;
  return rows.map(({ name }) => name);
}

/** Per role and table: privileges on the whole of it, and on single columns. */
async function describeGrants(tx: Transaction): Promise<string> {
  const rows = await tx.$queryRaw<{ line: string }[]>`
    SELECT concat_ws(' ', role, relname, whole, '(' || part || ')') AS line
    FROM unnest(ARRAY['salient_app', 'salient_worker']) AS role
    CROSS JOIN pg_class
    CROSS JOIN LATERAL (
      SELECT string_agg(privilege, ', ') AS whole
      FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) AS privilege
      WHERE has_table_privilege(role, pg_class.oid, privilege)
    ) AS of_table
    CROSS JOIN LATERAL (
      SELECT string_agg(concat(privilege, ' ', attname), ', ' ORDER BY privilege, attname) AS part
      FROM pg_attribute CROSS JOIN unnest(ARRAY['SELECT', 'INSERT', 'UPDATE']) AS privilege
      WHERE attrelid = pg_class.oid AND attnum > 0 AND NOT attisdropped
        AND has_column_privilege(role, pg_class.oid, attnum, privilege) AND NOT has_table_privilege(role, pg_class.oid, privilege)
    ) AS of_columns
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm') AND (whole IS NOT NULL OR part IS NOT NULL)
    ORDER BY 1`;
  return rows.map(({ line }) => line).join('\n');
}
