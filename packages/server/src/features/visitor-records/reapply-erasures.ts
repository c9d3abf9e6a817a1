import { systemActor } from '../../access/actor.ts';
import type { AccountTransaction, Database } from '../../db/index.ts';
import type { Logger } from '../../log.ts';
import { recordAudit } from '../audit/index.ts';
import { eraseAccount } from './account-data.ts';
import { eraseVisitor } from './erase-visitor.ts';
import type { ErasureLog } from './erasure-log.ts';

/** Ids in one statement. */
const BATCH = 1_000;

/**
 * Erases again whoever is on the list and in the database: a back-up has brought them back. To be run before anybody is
 * served. Any number of processes may do so at once.
 *
 * @returns how many visitors and accounts
 */
export async function reapplyErasures(database: Database, erasures: ErasureLog, log: Logger): Promise<number> {
  const listed = await erasures.readAll();
  const accountIds = listed.flatMap((erasure) => (erasure.kind === 'account' ? erasure.account_id : []));
  const visitorIds = listed.flatMap((erasure) => (erasure.kind === 'visitor' ? erasure.visitor_id : []));
  let count = 0;
  for (const batch of inBatches(accountIds)) {
    for (const { id, slug } of await findAccounts(database, batch))
      count += await eraseAccountAgain(database, { id, slug });
  }
  for (const batch of inBatches(visitorIds)) {
    for (const { id, accountId } of await findVisitors(database, batch)) {
      count += await database.withAccount(accountId, (tx) => eraseVisitorAgain(tx, accountId, id));
    }
  }
  if (count > 0) log.warn({ erased: count }, 'erased again what a restored database had brought back');
  return count;
}

function inBatches(ids: readonly string[]): string[][] {
  const distinct = [...new Set(ids)];
  return Array.from({ length: Math.ceil(distinct.length / BATCH) }, (_, index) =>
    distinct.slice(index * BATCH, (index + 1) * BATCH),
  );
}

function findAccounts(database: Database, ids: string[]) {
  return database.asWorker((tx) =>
    tx.account.findMany({ where: { id: { in: ids }, status: { not: 'deleted' } }, select: { id: true, slug: true } }),
  );
}

function findVisitors(database: Database, ids: string[]) {
  return database.asWorker((tx) =>
    tx.visitor.findMany({ where: { id: { in: ids } }, select: { id: true, accountId: true } }),
  );
}

function eraseAccountAgain(database: Database, account: { id: string; slug: string }): Promise<number> {
  return database.withAccount(account.id, async (tx) => {
    const locked = await tx.$queryRaw<object[]>`
      SELECT id FROM accounts WHERE id = ${account.id}::uuid AND status <> 'deleted' FOR UPDATE`;
    if (locked.length === 0) return 0;
    await eraseAccount(tx, account);
    await recordAudit(tx, systemActor(account), { action: 'account.erased', after: { again: true } });
    return 1;
  });
}

async function eraseVisitorAgain(tx: AccountTransaction, accountId: string, visitorId: string): Promise<number> {
  const [visitor] = await tx.$queryRaw<{ session_key: string; slug: string }[]>`
    SELECT session_key, slug FROM visitors JOIN accounts ON accounts.id = account_id
    WHERE account_id = ${accountId}::uuid AND visitors.id = ${visitorId}::uuid FOR UPDATE OF visitors`;
  if (!visitor) return 0;
  await eraseVisitor(tx, { accountId, visitorId, sessionKey: visitor.session_key }, { stopped: 0 });
  await recordAudit(tx, systemActor({ id: accountId, slug: visitor.slug }), {
    action: 'visitor.erased',
    target: { kind: 'visitor', id: visitorId },
    after: { again: true },
  });
  return 1;
}
