import type { SessionToken } from '@salient/shared-types';

/** Where the bearer token lives where cookies are blocked. `model/token-storage.ts` makes one that outlives the page. */
export interface TokenStore {
  /** The token, unless there is none or it has expired. */
  get(): string | null;
  set(token: SessionToken | null): void;
}
