import type { LimitStore, TakenClaims } from '../limits/limit-store.ts';
import type { TimedClaim } from '../limits/gcra.ts';
import type { RunStatement } from './run-statement.ts';

/** Limits counted in the database, by its clock. */
export interface LimitStatements extends LimitStore {
  /** Removes what is full again and says nothing any more. */
  forgetFull(): Promise<void>;
}

/** What `take_limits` answers. */
export interface StoredTaking {
  allowed: boolean;
  fullInUs: Record<string, number>;
}

export function createLimitStatements(run: RunStatement): LimitStatements {
  return {
    async take(claims) {
      const [row] = await run<{ taken: StoredTaking }>('SELECT take_limits($1::jsonb) AS taken', [
        JSON.stringify(claims),
      ]);
      if (!row) throw new Error('take_limits gave no row');
      return inOrderOf(claims, row.taken);
    },
    async correct(corrections) {
      await run('SELECT correct_limits($1::jsonb)::text', [JSON.stringify(corrections)]);
    },
    async forgetFull() {
      await run('SELECT forget_full_limits()::text', []);
    },
  };
}

export function inOrderOf(claims: readonly TimedClaim[], { allowed, fullInUs }: StoredTaking): TakenClaims {
  return { allowed, fullInUs: claims.map(({ key }) => fullInUs[key] ?? 0) };
}
