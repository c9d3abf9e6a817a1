import type { RunStatement } from './run-statement.ts';

/** A key and the account it opens. To be proved, and looked at, before it opens anything. */
export interface FoundApiKey {
  id: string;
  key_hash: string;
  scopes: string[];
  account_id: string;
  account_slug: string;
  /** Null: every agent of the account. */
  agent_instance_id: string | null;
  /** Neither revoked nor expired, and its account active. */
  is_current: boolean;
}

/** Finds a key by its prefix, in one round trip. */
export type FindApiKey = (prefix: string) => Promise<FoundApiKey | null>;

export function createFindApiKey(run: RunStatement): FindApiKey {
  return async (prefix) => {
    const [row] = await run<{ found: FoundApiKey | null }>('SELECT find_api_key($1) AS found', [prefix]);
    return row?.found ?? null;
  };
}
