import type { AccountTransaction } from '../../db/index.ts';
import type { VisitorIds } from './find-visitor.ts';
import { INVENTORY } from './inventory.ts';
import { lockPendingAnswers } from './live-answers.ts';

/** Proof of an erasure, store by store. */
export interface ErasureReceipt {
  visitor_id: string;
  erased_at: string;
  stores: { store: 'database' | 'live answers' | 'files'; name: string; erased: number; note: string | null }[];
  /** What stays, and why. */
  kept: { name: string; rows: number; why: string }[];
}

const WHY_LEDGER = 'amounts without a person: the conversations they refer to are gone';
const NO_FILES = 'nothing of visitors is kept in files';

/**
 * Takes away everything that is stored about a visitor. Their keys and tokens stand for nobody after it; whoever comes
 * back with one is somebody new. What was paid for their answers stays in the ledger, without them.
 *
 * @param stopped how many of their answers were under way, and are stopped
 */
export async function eraseVisitor(
  tx: AccountTransaction,
  ids: VisitorIds,
  { stopped }: { stopped: number },
): Promise<ErasureReceipt> {
  const receipt: ErasureReceipt = {
    visitor_id: ids.visitorId,
    erased_at: new Date().toISOString(),
    stores: [],
    kept: [],
  };
  await lockPendingAnswers(tx, ids.accountId, ids.sessionKey);
  const values = [ids.accountId, ids.visitorId, ids.sessionKey] as const;
  // Counted first: afterwards nothing says which rows were theirs.
  for (const [table, record] of Object.entries(INVENTORY)) {
    if (record.of !== 'ledger') continue;
    const [{ rows }] = await tx.$queryRawUnsafe<[{ rows: number }]>(
      `SELECT count(*)::integer AS rows FROM ${table} WHERE ($1::uuid, $2::uuid, $3::text) IS NOT NULL AND ${record.rows}`,
      ...values,
    );
    receipt.kept.push({ name: table, rows, why: WHY_LEDGER });
  }
  for (const [table, record] of Object.entries(INVENTORY)) {
    if (record.of !== 'visitor') continue;
    const erased = await tx.$executeRawUnsafe(
      `DELETE FROM ${table} WHERE ($1::uuid, $2::uuid, $3::text) IS NOT NULL AND ${record.rows}`,
      ...values,
    );
    receipt.stores.push({ store: 'database', name: table, erased, note: null });
  }
  receipt.stores.push(
    {
      store: 'live answers',
      name: 'answers under way',
      erased: stopped,
      note: 'what processes hold of them in memory ends with them, or with whoever still reads it',
    },
    { store: 'files', name: 'files', erased: 0, note: NO_FILES },
  );
  return receipt;
}

/** The receipt's line where the list of erasures could not be written. */
export const UNLISTED = {
  store: 'files',
  name: 'list of erasures',
  erased: 0,
  note: 'not written: erase again after restoring a back-up',
} as const;

/** The receipt's line about copies of answers between processes. @param erased null: they could not be reached */
export function toLiveStore(erased: number | null): ErasureReceipt['stores'][number] {
  const note = erased === null ? 'Redis does not answer; its copies end by themselves within minutes' : null;
  return { store: 'live answers', name: 'streams in Redis', erased: erased ?? 0, note };
}
