import type { SessionToken } from '@salient/shared-types';
import type { TokenStore } from '../protocol/token-store.ts';
import type { WidgetStorage } from './storage.ts';

/** Keeps the bearer token of one visitor and one agent. What is stored is parsed again: other scripts may write there. */
export function createTokenStorage(storage: WidgetStorage, now: () => number = Date.now): TokenStore {
  return {
    get() {
      const stored = parseToken(storage.get('token'));
      return stored && Date.parse(stored.expires_at) > now() ? stored.token : null;
    },
    set(token) {
      storage.set('token', token && JSON.stringify(token));
    },
  };
}

function parseToken(json: string | null): SessionToken | undefined {
  try {
    const value = JSON.parse(json ?? 'null') as Partial<SessionToken> | null;
    if (typeof value?.token === 'string' && typeof value.expires_at === 'string') return value as SessionToken;
  } catch {
    // Not ours, or cut short: as good as none.
  }
  return undefined;
}
