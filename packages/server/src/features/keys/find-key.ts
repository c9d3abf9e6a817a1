import type { Scope } from '../../access/scopes.ts';
import type { Database } from '../../db/index.ts';
import { isKeyOf, prefixOfApiKey } from './api-key.ts';

/** A key that was shown and may be used. */
export interface KeyHolder {
  id: string;
  accountId: string;
  accountSlug: string;
  /** The one agent it is for. Null: every agent of the account. */
  agentInstanceId: string | null;
  scopes: readonly Scope[];
}

/**
 * Who shows that key; null for one that never was, is revoked or has expired, and in an account that is not active. Asks
 * the database each time: what is revoked is refused with the next request, at every process.
 */
export async function findKey(database: Database, key: string | undefined): Promise<KeyHolder | null> {
  const prefix = key === undefined ? null : prefixOfApiKey(key);
  // Most of what is no key of ours is refused here, without a query.
  if (key === undefined || prefix === null) return null;
  const found = await database.findApiKey(prefix);
  // The same work for a wrong prefix as for a wrong secret.
  const isProved = isKeyOf(found?.key_hash ?? null, key);
  if (!found || !isProved || !found.is_current) return null;
  return {
    id: found.id,
    accountId: found.account_id,
    accountSlug: found.account_slug,
    agentInstanceId: found.agent_instance_id,
    scopes: found.scopes as Scope[],
  };
}
