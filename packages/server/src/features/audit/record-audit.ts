import { NOBODY, type AccountTransaction, type PersonTransaction } from '../../db/index.ts';
import type { Actor } from '../../access/actor.ts';

/** One change. `before` and `after` hold what changed and nothing else: no address, no password, no key, no text. */
export interface AuditEntry {
  /** `noun.verb`, such as `member.role_changed`. */
  action: string;
  target?: { kind: string; id: string } | null;
  before?: AuditDetail | null;
  after?: AuditDetail | null;
}

type AuditDetail = { [key: string]: AuditValue };
type AuditValue = string | number | boolean | null | AuditValue[] | AuditDetail;

/**
 * Adds an entry to the audit log, in the transaction of the change, at its end: other writers of the same chain wait
 * from here until it is over. The chain is the account's; for what concerns no account the person's own.
 */
export async function recordAudit(
  tx: AccountTransaction | PersonTransaction,
  actor: Actor,
  { action, target = null, before = null, after = null }: AuditEntry,
): Promise<void> {
  await tx.auditEvent.createMany({
    data: [
      {
        chainId: actor.accountId ?? actor.id ?? NOBODY,
        accountId: actor.accountId,
        actorKind: actor.kind,
        actorId: actor.id,
        actorRole: actor.role,
        action,
        targetKind: target?.kind ?? null,
        targetId: target?.id ?? null,
        ...(before && { before }),
        ...(after && { after }),
        address: actor.address,
        requestId: actor.requestId,
      },
    ],
  });
}
