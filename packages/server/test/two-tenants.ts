import { seedAccount } from './seed-account.ts';
import { errorOf, readSqlState } from './sql-errors.ts';
import { createTestDatabase } from './test-database.ts';
import { openDatabase, type AccountTransaction, type Database, type WorkerTransaction } from '../src/db/index.ts';

export type Transaction = AccountTransaction | WorkerTransaction;
export type Row = Record<string, unknown> & { id: string };

/** A table whose rows belong to accounts, and the column that says to which. */
export interface TenantTable {
  name: string;
  tenantColumn: string;
}

/** A database with two accounts that only their ids tell apart, and the ways to look at it and into it. */
export interface TwoTenants {
  database: Database;
  accountIds: { a: string; b: string };
  tables: TenantTable[];
  /** All rows of an account, whatever they hold. */
  rowsOf(table: TenantTable, accountId: string, role?: string): Promise<Row[]>;
  /** How many rows a statement touches inside account A, undone afterwards. */
  affected(sql: string): Promise<number | 'refused'>;
  /** What only the tests do: looks from outside, as the owner, who is not held by policies. Leaves nothing behind. */
  inOwnerTransaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T>;
  /** Another pool on the same database. The embedded one has one connection for everybody. */
  openFresh(): Promise<Database>;
  close(): Promise<void>;
}

export async function openTwoTenants(): Promise<TwoTenants> {
  const testDatabase = await createTestDatabase();
  // One connection, so that every transaction is on one that other accounts have used.
  const database = await openDatabase({ ...testDatabase, maxConnections: 1 });
  const accountIds = { a: await seedAccount(database, 'a'), b: await seedAccount(database, 'b') };

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

  function rowsOf({ name, tenantColumn }: TenantTable, accountId: string, role?: string): Promise<Row[]> {
    return inOwnerTransaction(async (tx) => {
      const rows = await tx.$queryRawUnsafe<{ row: Row }[]>(
        `SELECT to_jsonb(${name}) AS row FROM ${name} WHERE ${tenantColumn} = $1::uuid ORDER BY id`,
        accountId,
      );
      return rows.map(({ row }) => row).filter((row) => role === undefined || row['role'] === role);
    });
  }

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

  return {
    database,
    accountIds,
    tables: await database.asWorker(findTenantTables),
    rowsOf,
    affected,
    inOwnerTransaction,
    openFresh: () =>
      testDatabase.kind === 'postgres'
        ? openDatabase({ ...testDatabase, maxConnections: 1 })
        : Promise.resolve(database),
    async close() {
      await database.close();
      await testDatabase.remove();
    },
  };
}

export async function enterAppRole(tx: Transaction): Promise<void> {
  await tx.$queryRaw`SELECT set_config('role', 'salient_app', true)`;
}

export async function insertRow(tx: Transaction, { name }: TenantTable, row: Row): Promise<void> {
  await tx.$executeRawUnsafe(
    `INSERT INTO ${name} SELECT * FROM jsonb_populate_record(NULL::${name}, $1::jsonb)`,
    JSON.stringify(row),
  );
}

async function findTenantTables(tx: Transaction): Promise<TenantTable[]> {
  return tx.$queryRaw<TenantTable[]>`
    SELECT relname::text AS name, attname::text AS "tenantColumn"
    FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
      AND (attname = 'account_id' OR (relname = 'accounts' AND attname = 'id'))
    ORDER BY 1`;
}
