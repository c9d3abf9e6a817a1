import type { Logger } from '../log.ts';
import type { LimitStore } from './limit-store.ts';

/** A store that may be away, and whether it was when it was last asked. */
export interface FirstStore {
  /** Null when `first` cannot answer. Each loss and each return is one log line. */
  ask<T>(question: (first: LimitStore) => Promise<T>): Promise<T | null>;
}

export function createFirstStore(first: LimitStore, log: Logger): FirstStore {
  let isAway = false;
  return {
    async ask(question) {
      try {
        const answer = await question(first);
        if (isAway) log.info('limits are counted in Redis again');
        isAway = false;
        return answer;
      } catch (error) {
        if (!isAway)
          log.warn({ err: error }, 'limits cannot be counted in Redis; counting in the database until they can');
        isAway = true;
        return null;
      }
    },
  };
}

/** Counts in `second` whenever `first` cannot answer. What `first` had counted is not known there. */
export function withFallback(first: FirstStore, second: LimitStore): LimitStore {
  return {
    take: async (claims) => (await first.ask((store) => store.take(claims))) ?? second.take(claims),
    async correct(corrections) {
      const done = await first.ask(async (store) => {
        await store.correct(corrections);
        return true;
      });
      if (done === null) await second.correct(corrections);
    },
  };
}
