import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/test-database.ts';
import { openDatabase, type AccountTransaction, type Database, type WorkerTransaction } from './index.ts';

type Transaction = AccountTransaction | WorkerTransaction;
type Row = Record<string, unknown> & { id: string };

/** A table whose rows belong to accounts, and the column that says to which. */
interface TenantTable {
  name: string;
  tenantColumn: string;
}

let testDatabase: TestDatabase;
let database: Database;
let tables: TenantTable[];
const accountIds = { a: '', b: '' };

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  // One connection, so that every transaction is on one that other accounts have used.
  database = await openDatabase({ ...testDatabase, maxConnections: 1 });
  accountIds.a = await seedAccount('a');
  accountIds.b = await seedAccount('b');
  tables = await database.asWorker(findTenantTables);
});

afterAll(async () => {
  await database.close();
  await testDatabase.remove();
});

describe('the catalogue (T2)', () => {
  it('finds the tenant tables, each with rows of both accounts for the tests below', async () => {
    expect(tables.map(({ name }) => name)).toEqual([
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
    for (const table of tables) {
      expect(await rowsOf(table, accountIds.a), `${table.name}: add a row to seedAccount`).not.toEqual([]);
      expect(await rowsOf(table, accountIds.b), `${table.name}: add a row to seedAccount`).not.toEqual([]);
    }
  });

  it('has row-level security enabled and forced on each, with a policy', async () => {
    expect(await database.asWorker(findUnguardedTables)).toEqual([]);
  });

  it('would notice a new tenant table without it', async () => {
    const found = inOwnerTransaction(async (tx) => {
      await tx.$executeRaw`CREATE TABLE forgotten (id uuid, account_id uuid)`;
      await tx.$executeRaw`CREATE TABLE half_guarded (id uuid, account_id uuid)`;
      await tx.$executeRaw`ALTER TABLE half_guarded ENABLE ROW LEVEL SECURITY`;
      await tx.$executeRaw`CREATE VIEW peephole AS SELECT * FROM sessions`;
      return findUnguardedTables(tx);
    });
    expect(await found).toEqual(['forgotten', 'half_guarded', 'peephole']);
  });

  it('serves through roles that own nothing and bypass nothing', async () => {
    const roles = await database.asWorker(
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
    expect(await database.withAccount(accountIds.a, whoAmI)).toBe('salient_app');
    expect(await database.withAccountSlug('a', whoAmI)).toBe('salient_app');
    expect(await database.asWorker(whoAmI)).toBe('salient_worker');
  });

  it('lets no function run with its owner rights', async () => {
    const definers = await database.asWorker(
      (tx) => tx.$queryRaw`
        SELECT proname::text FROM pg_proc WHERE prosecdef AND pronamespace = 'public'::regnamespace`,
    );
    expect(definers).toEqual([]);
  });

  it('grants what serving needs and no more', async () => {
    expect(await database.asWorker(describeGrants)).toMatchInlineSnapshot(`
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

describe('without an account (T2, T3)', () => {
  it('shows no row of any table, on a connection that other accounts have used, and does not fail', async () => {
    await database.withAccount(accountIds.b, (tx) => tx.session.findFirstOrThrow());
    const counts = await database.asWorker(async (tx) => {
      await enterAppRole(tx);
      const [{ setting }] = await tx.$queryRaw<
        [{ setting: string | null }]
      >`SELECT current_setting('app.account_id', true) AS setting`;
      return { setting, rows: await countRows(tx) };
    });
    // Empty, not absent: what the policies must not trip over.
    expect(counts.setting).toBe('');
    expect(counts.rows).toEqual(Object.fromEntries(tables.map(({ name }) => [name, 0])));
  });

  it('shows no row on a connection of its own either', async () => {
    const fresh = await openFresh();
    try {
      const counts = await fresh.asWorker(async (tx) => {
        await enterAppRole(tx);
        return countRows(tx);
      });
      expect(counts).toEqual(Object.fromEntries(tables.map(({ name }) => [name, 0])));
    } finally {
      if (fresh !== database) await fresh.close();
    }
  });

  it('takes no row', async () => {
    for (const table of tables) {
      const [row] = await rowsOf(table, accountIds.a);
      const insert = database.asWorker(async (tx) => {
        await enterAppRole(tx);
        await insertRow(tx, table, { ...row!, id: randomUUID() });
      });
      expect(await sqlStateOf(insert), table.name).toBe('42501');
    }
  });

  it('finds no account by an empty slug, and only the one asked for by its own', async () => {
    expect(await database.withAccountSlug('', async () => 'found')).toBeNull();
    expect(await database.withAccountSlug('nobody', async () => 'found')).toBeNull();
    const seen = await database.withAccountSlug('a', (tx) => tx.account.findMany({ select: { slug: true } }));
    expect(seen).toEqual([{ slug: 'a' }]);
  });
});

describe("inside account A, B's rows (T2)", () => {
  it('cannot be read', async () => {
    const counts = await database.withAccount(accountIds.a, countRows);
    for (const table of tables) {
      const own = await rowsOf(table, accountIds.a);
      expect(counts[table.name], table.name).toBe(own.length);
    }
  });

  it('cannot be changed, taken over, given away, deleted or added to', async () => {
    for (const table of tables) {
      const before = await rowsOf(table, accountIds.b);
      const own = await rowsOf(table, accountIds.a);
      const { name, tenantColumn } = table;

      const changed = await affected(`UPDATE ${name} SET ${tenantColumn} = ${tenantColumn}`);
      expect([own.length, 'refused'], `${name}: update`).toContain(changed);
      const taken = await affected(
        `UPDATE ${name} SET ${tenantColumn} = '${accountIds.a}' WHERE ${tenantColumn} = '${accountIds.b}'`,
      );
      expect([0, 'refused'], `${name}: take over`).toContain(taken);
      expect(await affected(`UPDATE ${name} SET ${tenantColumn} = '${accountIds.b}'`), `${name}: give away`).toBe(
        'refused',
      );
      const deleted = await affected(`DELETE FROM ${name} WHERE ${tenantColumn} = '${accountIds.b}'`);
      expect([0, 'refused'], `${name}: delete`).toContain(deleted);
      const inserted = database.withAccount(accountIds.a, (tx) => insertRow(tx, table, before[0]!));
      expect(await sqlStateOf(inserted), `${name}: insert`).toBe('42501');

      expect(await rowsOf(table, accountIds.b), name).toEqual(before);
    }
  });

  it('are out of reach of the statements of a turn', async () => {
    const [pending] = await rowsOf({ name: 'messages', tenantColumn: 'account_id' }, accountIds.b, 'assistant');
    const finished = await database.turns.finishTurn({
      accountId: accountIds.a,
      turnId: String(pending!['turn_id']),
      leaseOwner: String(pending!['lease_owner']),
      content: 'overwritten',
      status: 'complete',
      metadata: {},
      request: null,
    });
    expect(finished).toBe(false);
    const [after] = await rowsOf({ name: 'messages', tenantColumn: 'account_id' }, accountIds.b, 'assistant');
    expect(after).toEqual(pending);
  });
});

describe('side doors (T5)', () => {
  it('are closed by foreign keys that name the account', async () => {
    const keys = await database.asWorker(findForeignKeys);
    expect(keys.length).toBeGreaterThan(7);
    for (const key of keys) {
      expect(
        key.columns.map(({ child, parent }) => `${child}>${parent}`),
        key.name,
      ).toContain(key.parent === 'accounts' ? 'account_id>id' : 'account_id>account_id');
    }
  });

  it("answer B's parent id as an unknown one", async () => {
    const keys = (await database.asWorker(findForeignKeys)).filter(({ parent }) => parent !== 'accounts');
    for (const key of keys) {
      const column = key.columns.find(({ child }) => child !== 'account_id')!.child;
      const table = { name: key.child, tenantColumn: 'account_id' };
      const children = (await rowsOf(table, accountIds.a)).filter((row) => row[column] !== null);
      const [foreignParent] = await rowsOf({ name: key.parent, tenantColumn: 'account_id' }, accountIds.b);
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
    const [agent] = await rowsOf({ name: 'agent_instances', tenantColumn: 'account_id' }, accountIds.b);
    const errors = [];
    for (const agentInstanceId of [agent!.id, randomUUID()]) {
      const error = await errorOf(beginTurn(accountIds.a, agentInstanceId));
      errors.push(error.message.replaceAll(agentInstanceId, 'agent'));
    }
    expect(errors[0]).toContain('sessions_account_id_agent_instance_id_fkey');
    expect(errors[0]).toBe(errors[1]);
  });

  it('do not show through unique keys: only ids, account names and hashes are unique across accounts', async () => {
    const global = await database.asWorker(
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
    const sharedSlugs = await inOwnerTransaction(
      (tx) => tx.$queryRaw`SELECT instance_slug FROM agent_instances GROUP BY 1 HAVING count(DISTINCT account_id) = 2`,
    );
    expect(sharedSlugs).toEqual([{ instance_slug: 'helper' }]);
  });
});

describe('the ledger', () => {
  it('is append-only for whoever serves', async () => {
    const before = await rowsOf({ name: 'llm_requests', tenantColumn: 'account_id' }, accountIds.a);
    for (const sql of [
      'UPDATE llm_requests SET total_cost = 0',
      'DELETE FROM llm_requests',
      'TRUNCATE llm_requests',
      'TRUNCATE accounts CASCADE',
    ]) {
      expect(await affected(sql), sql).toBe('refused');
      expect(await sqlStateOf(database.asWorker((tx) => tx.$executeRawUnsafe(sql))), sql).toBe('42501');
    }
    expect(await rowsOf({ name: 'llm_requests', tenantColumn: 'account_id' }, accountIds.a)).toEqual(before);
  });

  it('keeps the first entry when the same request is entered again', async () => {
    const [before] = await rowsOf({ name: 'llm_requests', tenantColumn: 'account_id' }, accountIds.a);
    const again = { ...before, turn_id: randomUUID(), total_cost: '9.00000000' } as never;
    const next = { requestId: randomUUID(), provider: 'openai', model: 'm', startedAt: '', promptTokens: 1 };
    await database.turns.recordAttempt(accountIds.a, again, next, null);
    expect(await rowsOf({ name: 'llm_requests', tenantColumn: 'account_id' }, accountIds.a)).toEqual([before]);
  });
});

describe('the worker', () => {
  it('writes leases, drafts and last uses of every account, and nothing else', async () => {
    const run = (sql: string) => database.asWorker((tx) => tx.$executeRawUnsafe(sql));
    expect(await run('UPDATE agent_instances SET last_used_at = now()')).toBe(2);
    expect(await run(`UPDATE messages SET content = content, lease_owner = lease_owner WHERE status = 'pending'`)).toBe(
      2,
    );
    for (const sql of [
      `UPDATE accounts SET status = 'deleted'`,
      `UPDATE agent_instances SET configuration = '{}'`,
      `UPDATE messages SET role = 'system'`,
      `UPDATE messages SET account_id = '${accountIds.a}'`,
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

describe('many accounts at once', () => {
  it('never mixes 20 accounts in interleaved transactions', async () => {
    // The embedded database has one connection: its transactions stand in a line, and fewer show as much.
    const isServer = testDatabase.kind === 'postgres';
    const turns = isServer ? 50 : 5;
    const many = isServer ? await openFresh(5) : database;
    try {
      const accounts = await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          many.withNewAccount({ slug: `many-${index}`, name: `canary-${index}` }, async (_tx, { id, name }) => ({
            id,
            name,
          })),
        ),
      );
      const seen = await Promise.all(
        accounts.map(async ({ id, name }) => {
          const names = new Set<string>();
          for (let turn = 0; turn < turns; turn += 1) {
            await many.withAccount(id, async (tx) => {
              await tx.session.create({ data: { accountId: id, sessionKey: `${name}-${turn}`, metadata: { name } } });
              for (const account of await tx.account.findMany()) names.add(account.name);
              for (const { metadata } of await tx.session.findMany()) names.add((metadata as { name: string }).name);
            });
          }
          return [...names];
        }),
      );
      expect(seen).toEqual(accounts.map(({ name }) => [name]));
      const [stored] = await many.asWorker(
        (tx) => tx.$queryRaw<[{ sessions: number; mixed: number }]>`
          SELECT count(*)::integer AS sessions, count(*) FILTER (WHERE metadata ->> 'name' <> accounts.name)::integer AS mixed
          FROM sessions JOIN accounts ON accounts.id = account_id WHERE accounts.slug LIKE 'many-%'`,
      );
      expect(stored).toEqual({ sessions: 20 * turns, mixed: 0 });
    } finally {
      if (many !== database) await many.close();
    }
  }, 120_000);
});

describe('ids (T8)', () => {
  it('come from the database, in every table', async () => {
    const defaults = await database.asWorker(
      (tx) => tx.$queryRaw<{ source: string }[]>`
        SELECT DISTINCT column_default::text AS source FROM information_schema.columns
        WHERE table_schema = 'public' AND column_name = 'id' AND table_name <> '_prisma_migrations'`,
    );
    expect(defaults).toEqual([{ source: 'gen_random_uuid()' }]);
  });

  it('are 10,000 random version-4 uuids in no order', async () => {
    const rows = await database.withAccount(
      accountIds.a,
      (tx) => tx.$queryRaw<{ id: string }[]>`
        INSERT INTO sessions (account_id, session_key) SELECT ${accountIds.a}::uuid, 'bulk-' || number
        FROM generate_series(1, 10000) AS number RETURNING id::text`,
    );
    const ids = rows.map(({ id }) => id);
    expect(new Set(ids).size).toBe(10_000);
    expect(
      ids.filter((id) => !/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id)),
    ).toEqual([]);

    // Bounds far outside chance (under one in a million), far inside any counter, clock or node number.
    const bits = ids.map((id) => BigInt(`0x${id.replaceAll('-', '')}`));
    const neighbours = bits.slice(1).map((id, index) => ({ id, difference: id ^ bits[index]! }));
    const flipped = neighbours.reduce((sum, { difference }) => sum + countOnes(difference), 0) / neighbours.length;
    expect(Math.abs(flipped - 61)).toBeLessThan(0.5);
    const longestPrefix = Math.max(...neighbours.map(({ difference }) => 128 - difference.toString(2).length));
    expect(longestPrefix).toBeLessThan(36);
    const ascending = bits.slice(1).filter((id, index) => id > bits[index]!).length;
    expect(Math.abs(ascending - 5000)).toBeLessThan(200);
    for (let position = 0n; position < 128n; position += 1n) {
      if ((position >= 76n && position < 80n) || position === 62n || position === 63n) continue;
      const ones = bits.filter((id) => (id >> position) & 1n).length;
      expect(Math.abs(ones - 5000), `bit ${position}`).toBeLessThan(400);
    }
  });
});

/** An account with a row in every tenant table. Nothing but ids tells two of them apart. */
async function seedAccount(slug: string): Promise<string> {
  const email = `${slug}@people.example`;
  const user = await database.withPerson({ email }, (tx) =>
    tx.user.create({ data: { email, name: 'Same', passwordHash: 'same' } }),
  );
  return database.withNewAccount({ slug, name: 'Same name' }, async (tx, { id: accountId }) => {
    const agent = await tx.agentInstance.create({
      data: { accountId, instanceSlug: 'helper', agentType: 'simple_chat', displayName: 'Helper' },
    });
    const own = { accountId, agentInstanceId: agent.id };
    const session = await tx.session.create({ data: { ...own, accountSlug: slug, sessionKey: 'same-key' } });
    const inFuture = new Date(Date.now() + 60_000);
    await tx.visitorKey.create({ data: { accountId, keyHash: 'same-hash', sessionKey: 'same-key' } });
    await tx.identityKey.create({ data: { accountId, kid: 'same-kid', algorithm: 'ES256', publicKey: 'PEM' } });
    const { id: visitorId } = await tx.visitor.findFirstOrThrow({ where: { accountId, sessionKey: 'same-key' } });
    await tx.profile.create({ data: { accountId, visitorId, field: 'name', value: 'same name', verified: false } });
    await tx.sessionToken.create({
      data: { ...own, tokenHash: randomUUID(), sessionKey: 'same-key', expiresAt: inFuture },
    });
    const request = await tx.llmRequest.create({
      data: {
        ...own,
        accountSlug: slug,
        agentInstanceSlug: 'helper',
        agentType: 'simple_chat',
        sessionId: session.id,
        completionStatus: 'complete',
        provider: 'local',
        modelRequested: 'local',
        promptTokens: 1,
        completionTokens: 1,
        totalTokens: 2,
        totalCost: 0,
        costSource: 'provider',
        usageSource: 'provider',
        latencyMs: 1,
      },
    });
    const turn = { ...own, sessionId: session.id, turnId: randomUUID(), llmRequestId: request.id };
    await tx.message.createMany({
      data: [
        { ...turn, role: 'user', content: 'Same question', clientMessageId: 'same-client-id' },
        {
          ...turn,
          role: 'assistant',
          content: '',
          status: 'pending',
          leaseOwner: randomUUID(),
          leaseExpiresAt: inFuture,
        },
      ],
    });
    const counter = await tx.budgetCounter.create({
      data: { accountId, scope: 'account', subject: '', period: 'month', startsOn: new Date('2026-01-01') },
    });
    const reservation = { accountId, requestId: randomUUID(), turnId: turn.turnId, amountUsd: 1 };
    await tx.budgetReservation.create({
      data: { ...reservation, day: new Date('2026-01-01'), counterIds: [counter.id] },
    });
    await tx.accountBudget.create({ data: { accountId, dailyUsd: 1 } });
    await tx.notification.create({ data: { accountId, kind: 'budget_low', topic: 'account month' } });
    const document = await tx.knowledgeDocument.create({
      data: { ...own, source: 'same.md', title: 'Same', contentHash: 'same' },
    });
    await tx.$executeRaw`
      INSERT INTO knowledge_chunks (account_id, agent_instance_id, document_id, position, content, search_vector)
      VALUES (${accountId}::uuid, ${agent.id}::uuid, ${document.id}::uuid, 0, 'Same text', to_tsvector('same text'))`;
    await tx.userRole.create({ data: { accountId, userId: user.id, role: 'owner' } });
    await tx.accountInvite.create({
      data: { accountId, email: 'same@people.example', role: 'viewer', tokenHash: randomUUID(), expiresAt: inFuture },
    });
    await tx.apiKey.create({ data: { ...own, name: 'Same', prefix: randomUUID(), keyHash: 'same', scopes: ['chat'] } });
    await tx.auditEvent.create({ data: { accountId, chainId: accountId, actorKind: 'system', action: 'same' } });
    return accountId;
  });
}

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
  return database.turns.startTurn(input, null);
}

/** Another pool on the same database. The embedded one has one connection for everybody. */
function openFresh(maxConnections = 1): Promise<Database> {
  return testDatabase.kind === 'postgres'
    ? openDatabase({ ...testDatabase, maxConnections })
    : Promise.resolve(database);
}

async function whoAmI(tx: Transaction): Promise<string> {
  const [row] = await tx.$queryRaw<[{ name: string }]>`SELECT current_user::text AS name`;
  return row.name;
}

async function enterAppRole(tx: Transaction): Promise<void> {
  await tx.$queryRaw`SELECT set_config('role', 'salient_app', true)`;
}

/** What only the tests do: looks from outside, as the owner, who is not held by policies. Leaves nothing behind. */
async function inOwnerTransaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
  let result: { value: T } | undefined;
  const undo = new Error('undo');
  await database
    .asWorker(async (tx) => {
      await tx.$queryRaw`SELECT set_config('role', 'none', true)`;
      result = { value: await work(tx) };
      throw undo;
    })
    .catch((error: unknown) => {
      if (error !== undo) throw error;
    });
  return result!.value;
}

async function findTenantTables(tx: Transaction): Promise<TenantTable[]> {
  return tx.$queryRaw<TenantTable[]>`
    SELECT relname::text AS name, attname::text AS "tenantColumn"
    FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
      AND (attname = 'account_id' OR (relname = 'accounts' AND attname = 'id'))
    ORDER BY 1`;
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
  return keys.filter(({ parent }) => tables.some(({ name }) => name === parent));
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

async function countRows(tx: Transaction): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { name } of tables) {
    const [row] = await tx.$queryRawUnsafe<[{ count: number }]>(`SELECT count(*)::integer AS count FROM ${name}`);
    counts[name] = row.count;
  }
  return counts;
}

/** All rows of an account, whatever they hold. */
function rowsOf({ name, tenantColumn }: TenantTable, accountId: string, role?: string): Promise<Row[]> {
  return inOwnerTransaction(async (tx) => {
    const rows = await tx.$queryRawUnsafe<{ row: Row }[]>(
      `SELECT to_jsonb(${name}) AS row FROM ${name} WHERE ${tenantColumn} = $1::uuid ORDER BY id`,
      accountId,
    );
    return rows.map(({ row }) => row).filter((row) => role === undefined || row['role'] === role);
  });
}

async function insertRow(tx: Transaction, { name }: TenantTable, row: Row): Promise<void> {
  await tx.$executeRawUnsafe(
    `INSERT INTO ${name} SELECT * FROM jsonb_populate_record(NULL::${name}, $1::jsonb)`,
    JSON.stringify(row),
  );
}

/** As account A, puts a row in the place of one of its own. */
function replaceRow(table: TenantTable, old: Row, row: Row): Promise<void> {
  return database.withAccount(accountIds.a, async (tx) => {
    await tx.$queryRaw`SELECT set_config('role', 'none', true)`;
    await tx.$executeRawUnsafe(`DELETE FROM ${table.name} WHERE id = $1::uuid`, old.id);
    await enterAppRole(tx);
    await insertRow(tx, table, row);
  });
}

/** How many rows a statement touches inside account A, undone afterwards. */
async function affected(sql: string): Promise<number | 'refused'> {
  let count = 0;
  const undo = new Error('undo');
  const error = await errorOf(
    database.withAccount(accountIds.a, async (tx) => {
      count = await tx.$executeRawUnsafe(sql);
      throw undo;
    }),
  );
  if (error === undo) return count;
  if (readSqlState(error) === '42501') return 'refused';
  throw error;
}

async function sqlStateOf(work: Promise<unknown>): Promise<string | undefined> {
  return readSqlState(await errorOf(work));
}

function readSqlState(error: Error): string | undefined {
  return /Code: `(\w{5})`/.exec(error.message)?.[1];
}

async function errorOf(work: Promise<unknown>): Promise<Error> {
  try {
    await work;
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing was refused');
}

function countOnes(bits: bigint): number {
  return bits.toString(2).replaceAll('0', '').length;
}
