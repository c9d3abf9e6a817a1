import type { AccountTransaction, PersonTransaction } from '../../db/index.ts';
import type { AuditPage } from './replies.ts';
import type { AuditQuery } from './schemas.ts';

/** A page of a chain, newest first. The transaction must be inside the account, or the person, whose chain it is. */
export async function listAudit(
  tx: AccountTransaction | PersonTransaction,
  chainId: string,
  { limit, before }: AuditQuery,
): Promise<AuditPage> {
  const rows = await tx.auditEvent.findMany({
    where: { chainId, ...(before !== undefined && { position: { lt: BigInt(before) } }) },
    orderBy: { position: 'desc' },
    take: limit + 1,
  });
  const page = rows.slice(0, limit);
  return {
    events: page.map((row) => ({
      id: row.id,
      position: String(row.position),
      action: row.action,
      actor: { kind: row.actorKind as 'user', id: row.actorId, role: row.actorRole },
      target: row.targetKind === null ? null : { kind: row.targetKind, id: row.targetId ?? '' },
      before: row.before as Record<string, unknown> | null,
      after: row.after as Record<string, unknown> | null,
      address: row.address,
      request_id: row.requestId,
      created_at: row.createdAt.toISOString(),
      previous_hash: row.previousHash,
      hash: row.hash,
    })),
    next_cursor: rows.length > limit ? String(page.at(-1)?.position) : null,
  };
}
