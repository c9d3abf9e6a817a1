import { createHmac } from 'node:crypto';
import { decide, timeClaim, type TimedClaim } from './gcra.ts';
import type { Claim, Limit, Standing } from './limit.ts';
import type { TakenClaims } from './limit-store.ts';

/** Turns claims into what stores take, and their answers into what to tell whoever asked. */
export interface ClaimTimer {
  storedKey(limit: Limit, key: string): string;
  timed(claims: readonly Claim[]): TimedClaim[];
  standings(claims: readonly Claim[], taken: TakenClaims): Standing[];
}

/** @param secret keys the hashes, so that whoever reads a store learns neither addresses nor names */
export function createClaimTimer(secret: string): ClaimTimer {
  const storedKey = ({ name }: Limit, key: string): string =>
    `${name}:${createHmac('sha256', secret).update(key).digest('base64url').slice(0, 22)}`;
  return {
    storedKey,
    timed: (claims) => claims.map(({ limit, key, cost }) => timeClaim(limit, storedKey(limit, key), cost)),
    standings: (claims, { allowed, fullInUs }) =>
      claims.map(({ limit, key, cost }, index) => ({
        limit,
        decision: decide(limit, timeClaim(limit, key, cost), fullInUs[index] ?? 0, allowed),
      })),
  };
}
