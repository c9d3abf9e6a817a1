import type { AccountTransaction } from '../../db/index.ts';
import { AppError } from '../../errors.ts';
import { INVENTORY } from './inventory.ts';
import { lockPendingAnswers } from './live-answers.ts';

/** Never leaves the server: whoever has it could act as somebody, or try passwords. */
const SECRET_COLUMN = /_hash$|^hash$|_secret$|^session_key$|^subject$|^search_vector$|^lease_owner$/;

/** What outlives an account: bills have to be shown for years, and the log of who did what with them. */
const KEPT = new Set(['llm_requests', 'audit_events']);

/** Nobody may delete it by itself: its rows go with what they hang on. */
const CASCADING = new Set(['agent_config_versions']);

interface AccountTable {
  name: string;
  columns: string[];
}

export interface AccountExport {
  account: string;
  exported_at: string;
  tables: Record<string, Record<string, unknown>[]>;
}

export interface AccountReceipt {
  account: string;
  erased_at: string;
  erased: { name: string; rows: number }[];
  kept: { name: string; rows: number; why: string }[];
}

/** Every row of the account, by table, without secrets. */
export async function exportAccount(
  tx: AccountTransaction,
  account: { id: string; slug: string },
): Promise<AccountExport> {
  const tables: AccountExport['tables'] = {};
  for (const { name, columns } of await accountTables(tx)) {
    const rows = await tx.$queryRawUnsafe<{ row: Record<string, unknown> }[]>(
      `SELECT to_jsonb(t) - $2::text[] AS row FROM ${name} AS t WHERE account_id = $1::uuid`,
      account.id,
      columns.filter((column) => SECRET_COLUMN.test(column)),
    );
    tables[name] = rows.map(({ row }) => row);
  }
  return { account: account.slug, exported_at: new Date().toISOString(), tables };
}

/**
 * Takes away everything of an account but its bills and its audit log. What stays of the account itself is its slug, so
 * that nobody else gets the address of pages that still stand somewhere.
 */
export async function eraseAccount(
  tx: AccountTransaction,
  account: { id: string; slug: string },
): Promise<AccountReceipt> {
  const receipt: AccountReceipt = { account: account.slug, erased_at: new Date().toISOString(), erased: [], kept: [] };
  await lockPendingAnswers(tx, account.id);
  const tables = await accountTables(tx);
  for (const { name } of tables) {
    if (!KEPT.has(name)) continue;
    const [{ rows }] = await tx.$queryRawUnsafe<[{ rows: number }]>(
      `SELECT count(*)::integer AS rows FROM ${name} WHERE account_id = $1::uuid`,
      account.id,
    );
    receipt.kept.push({ name, rows, why: 'bills and the log of who did what have to be shown for years' });
  }
  const order = Object.keys(INVENTORY);
  const erasable = tables.filter(({ name }) => !KEPT.has(name) && !CASCADING.has(name));
  // Children before what they hang on.
  erasable.sort((one, other) => order.indexOf(one.name) - order.indexOf(other.name));
  for (const { name } of erasable) {
    const rows = await tx.$executeRawUnsafe(`DELETE FROM ${name} WHERE account_id = $1::uuid`, account.id);
    receipt.erased.push({ name, rows });
  }
  const { count } = await tx.account.updateMany({
    where: { id: account.id, status: { not: 'deleted' } },
    data: { status: 'deleted', name: account.slug },
  });
  if (count === 0) throw new AppError('ACCOUNT_NOT_FOUND', 'There is no such account.');
  return receipt;
}

/** From the catalogue, so that a table that comes later is not forgotten. */
async function accountTables(tx: AccountTransaction): Promise<AccountTable[]> {
  return tx.$queryRaw<AccountTable[]>`
    SELECT columns.table_name::text AS name, array_agg(columns.column_name::text) AS columns
    FROM information_schema.columns AS columns
    JOIN information_schema.tables AS tables USING (table_schema, table_name)
    WHERE columns.table_schema = 'public' AND tables.table_type = 'BASE TABLE'
    GROUP BY columns.table_name HAVING bool_or(columns.column_name = 'account_id')
    ORDER BY columns.table_name`;
}
