import type { Logger } from '../../log.ts';

/** Somebody shows a key or token that was exchanged for a new one some time ago: a copy, in whoever's hands. */
export type NoteReuse = (reuse: { accountId: string; visitorId: string | null }) => Promise<void>;

export function logReuse(log: Logger): NoteReuse {
  return async ({ accountId, visitorId }) => {
    log.warn({ account_id: accountId, visitor_id: visitorId }, 'a replaced session key was used again');
  };
}
