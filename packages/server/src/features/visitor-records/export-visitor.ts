import type { AccountTransaction } from '../../db/index.ts';
import type { VisitorIds } from './find-visitor.ts';
import { INVENTORY } from './inventory.ts';

export interface VisitorExport {
  visitor_id: string;
  exported_at: string;
  /** Rows by table, as they are stored, without hashes. */
  tables: Record<string, Record<string, unknown>[]>;
}

/** Everything that is stored about a visitor. */
export async function exportVisitor(tx: AccountTransaction, ids: VisitorIds): Promise<VisitorExport> {
  const tables: VisitorExport['tables'] = {};
  for (const [table, record] of Object.entries(INVENTORY)) {
    if (record.of !== 'visitor' && record.of !== 'ledger') continue;
    const rows = await tx.$queryRawUnsafe<{ row: Record<string, unknown> }[]>(
      `SELECT to_jsonb(t) - $4::text[] AS row FROM (
         SELECT * FROM ${table} WHERE ($1::uuid, $2::uuid, $3::text) IS NOT NULL AND ${record.rows}) AS t`,
      ids.accountId,
      ids.visitorId,
      ids.sessionKey,
      record.hidden,
    );
    tables[table] = rows.map(({ row }) => row);
  }
  return { visitor_id: ids.visitorId, exported_at: new Date().toISOString(), tables };
}
