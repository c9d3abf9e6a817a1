import { systemActor } from '../../access/actor.ts';
import type { Database } from '../../db/index.ts';
import { networkOf } from '../../http/client-address.ts';
import type { Limit, Limiter } from '../../limits/index.ts';
import { recordAudit } from '../audit/index.ts';

/** What is worth an administrator's look. Each is noted in the account's audit log, once an hour. */
export interface AnomalyNotes {
  /** Somebody shows a key or token that was exchanged for a new one some time ago: a copy, in whoever's hands. */
  keyReused(seen: { accountId: string; visitorId: string | null; address: string }): Promise<void>;
  /** Another visitor of an account begins, at that address. */
  visitorBegun(seen: { accountId: string; address: string }): Promise<void>;
}

/** More than an office or a school has: programs that take a new cookie for each call. Each process counts for itself. */
const VISITORS_BY_ADDRESS: Limit = { name: 'new visitors by address', burst: 100, perSeconds: 3600 };
const NOTES_BY_ADDRESS: Limit = { name: 'notes of many visitors', burst: 1, perSeconds: 3600 };
/** Asked first, so that the others are asked once an hour and not for each further visitor. */
const OWN_NOTES_BY_ADDRESS: Limit = { ...NOTES_BY_ADDRESS, name: 'own notes of many visitors' };

/**
 * @param limiters `own`: of this process, for what every new visitor counts in; `shared`: of all of them
 */
export function createAnomalyNotes(
  database: Database,
  { own, shared }: { own: Limiter; shared: Limiter },
): AnomalyNotes {
  return {
    keyReused: ({ accountId, visitorId, address }) =>
      note(accountId, address, {
        action: 'visitor.key_reused',
        target: visitorId === null ? null : { kind: 'visitor', id: visitorId },
      }),

    async visitorBegun({ accountId, address }) {
      const key = `${accountId} ${networkOf(address)}`;
      if ((await own.take(VISITORS_BY_ADDRESS, key)).allowed) return;
      if (!(await own.take(OWN_NOTES_BY_ADDRESS, key)).allowed) return;
      if (!(await shared.take(NOTES_BY_ADDRESS, key)).allowed) return;
      await note(accountId, address, {
        action: 'visitor.many_from_one_address',
        after: { visitors: VISITORS_BY_ADDRESS.burst, seconds: VISITORS_BY_ADDRESS.perSeconds },
      });
    },
  };

  async function note(accountId: string, address: string, entry: Parameters<typeof recordAudit>[2]): Promise<void> {
    const actor = { ...systemActor(), accountId, address };
    await database.withAccount(accountId, (tx) => recordAudit(tx, actor, entry));
  }
}
