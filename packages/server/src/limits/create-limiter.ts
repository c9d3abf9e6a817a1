import type { Claim, Correction, Limit, LimitDecision, Limiter } from './limit.ts';
import type { LimitStore, TimedCorrection } from './limit-store.ts';
import { timeOf } from './gcra.ts';
import type { ClaimTimer } from './claim-timer.ts';

export function createLimiter(store: LimitStore, timer: ClaimTimer): Limiter {
  const takeAll = async (claims: readonly Claim[]): Promise<LimitDecision[]> =>
    timer.standings(claims, await store.take(timer.timed(claims))).map(({ decision }) => decision);
  const correct = (corrections: readonly Correction[]): Promise<void> => store.correct(corrections.map(toTimed));
  const toTimed = ({ limit, key, by }: Correction): TimedCorrection => ({
    key: timer.storedKey(limit, key),
    byUs: timeOf(limit, by),
  });

  return {
    async take(limit, key, cost = 1) {
      const [decision] = await takeAll([{ limit, key, cost }]);
      if (!decision) throw new Error('a store answered no claim');
      return decision;
    },
    giveBack: (limit: Limit, key: string, cost = 1) => correct([{ limit, key, by: -Math.min(cost, limit.burst) }]),
    takeAll,
    correct,
  };
}
