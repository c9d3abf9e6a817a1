import { NOBODY, type AccountTransaction, type PersonTransaction } from '../../db/index.ts';
import type { Actor } from '../../access/actor.ts';

/** One change. `before` and `after` hold what changed and nothing else: no address, no password, no key, no text. */
export interface AuditEntry {
  /** `noun.verb`, such as `member.role_changed`. */
  action: string;
  target?: { kind: string; id: string } | null;
  before?: AuditDetail | null;
  after?: AuditDetail | null;
  /** The person in whose log it belongs, where it concerns no account and was not them, or may not have been. */
  person?: string | undefined;
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
  { action, target = null, before = null, after = null, person }: AuditEntry,
): Promise<void> {
  await tx.auditEvent.createMany({
    data: [
      {
        chainId: actor.accountId ?? person ?? actor.id ?? NOBODY,
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
