import { createHmac } from 'node:crypto';
import { decide, timeClaim, timeOf, type TimedClaim } from './gcra.ts';
import type { Claim, Correction, Limit, LimitDecision, Limiter } from './limit.ts';
import type { LimitStore, TakenClaims, TimedCorrection } from './limit-store.ts';

/** Claims as a store takes them, for those who hand them to the database themselves. */
export interface ClaimTimer {
  timed(claims: readonly Claim[]): TimedClaim[];
  decisions(claims: readonly Claim[], taken: TakenClaims): LimitDecision[];
}

/** @param secret keys the hashes, so that whoever reads a store learns neither addresses nor names */
export function createClaimTimer(secret: string): ClaimTimer {
  return {
    timed: (claims) => claims.map(({ limit, key, cost }) => timeClaim(limit, storedKey(secret, limit, key), cost)),
    decisions: (claims, { allowed, fullInUs }) =>
      claims.map(({ limit, key, cost }, index) =>
        decide(limit, timeClaim(limit, key, cost), fullInUs[index] ?? 0, allowed),
      ),
  };
}

export function createLimiter(store: LimitStore, secret: string): Limiter {
  const timer = createClaimTimer(secret);
  const takeAll = async (claims: readonly Claim[]): Promise<LimitDecision[]> =>
    timer.decisions(claims, await store.take(timer.timed(claims)));
  const correct = (corrections: readonly Correction[]): Promise<void> => store.correct(corrections.map(toTimed));
  const toTimed = ({ limit, key, by }: Correction): TimedCorrection => ({
    key: storedKey(secret, limit, key),
    byUs: timeOf(limit, by),
  });

  return {
    async take(limit, key, cost = 1) {
      const [decision] = await takeAll([{ limit, key, cost }]);
      if (!decision) throw new Error('a store answered no claim');
      return decision;
    },
    giveBack: (limit, key, cost = 1) => correct([{ limit, key, by: -Math.min(cost, limit.burst) }]),
    takeAll,
    correct,
  };
}

function storedKey(secret: string, { name }: Limit, key: string): string {
  return `${name}:${createHmac('sha256', secret).update(key).digest('base64url').slice(0, 22)}`;
}
