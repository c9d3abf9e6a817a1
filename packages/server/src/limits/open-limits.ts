import type { Database } from '../db/index.ts';
import type { Logger } from '../log.ts';
import type { RedisClient } from '../redis.ts';
import { createClaimTimer, type ClaimTimer } from './claim-timer.ts';
import { createLimiter } from './create-limiter.ts';
import { createCorrectionQueue, type CorrectionQueue } from './correction-queue.ts';
import type { Claim, Limiter } from './limit.ts';
import type { LimitStore, TakenClaims } from './limit-store.ts';
import type { LIMIT_STORES } from './limit-stores.ts';
import { createMemoryStore } from './memory-store.ts';
import { createRedisStore } from './redis-store.ts';
import { createFirstStore, withFallback } from './with-fallback.ts';

/** Everything that counts, as the configuration chose it. */
export interface Limits extends Pick<ClaimTimer, 'timed' | 'standings'> {
  /** Where the counts are kept. */
  readonly kind: 'memory' | 'redis' | 'postgres';
  /** Shared by all processes, unless they count in memory. */
  readonly limiter: Limiter;
  /** Counts in this process alone: for what has to be cheap rather than exact. */
  readonly ownLimiter: Limiter;
  readonly corrections: CorrectionQueue;
  /** Takes all or none. Null where it is for the database to take them, in a statement that does more than that. */
  takeBeside(claims: readonly Claim[]): Promise<TakenClaims | null>;
  /** Undoes what `takeBeside` took. */
  giveBackAll(claims: readonly Claim[]): Promise<void>;
}

export interface LimitsOptions {
  store: (typeof LIMIT_STORES)[number];
  database: Pick<Database, 'kind' | 'limits'>;
  redis: RedisClient | null;
  secret: string;
  log: Logger;
}

/** Opens the counts. With Redis they go on in the database while it is away. */
export function openLimits({ store, database, redis, secret, log }: LimitsOptions): Limits {
  const own = createMemoryStore();
  const first =
    redis && (store === 'redis' || store === 'auto') ? createFirstStore(createRedisStore(redis), log) : null;
  const kind = first ? 'redis' : store === 'memory' || database.kind === 'embedded' ? 'memory' : 'postgres';
  const shared: LimitStore = first ? withFallback(first, database.limits) : kind === 'memory' ? own : database.limits;
  const timer = createClaimTimer(secret);
  const limiter = createLimiter(shared, timer);
  return {
    ...timer,
    kind,
    limiter,
    ownLimiter: createLimiter(own, timer),
    corrections: createCorrectionQueue(limiter),
    async takeBeside(claims) {
      if (kind === 'postgres') return null;
      return first ? first.ask((inRedis) => inRedis.take(timer.timed(claims))) : own.take(timer.timed(claims));
    },
    giveBackAll: (claims) =>
      limiter.correct(claims.map(({ limit, key, cost }) => ({ limit, key, by: -Math.min(cost, limit.burst) }))),
  };
}
