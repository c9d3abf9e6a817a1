import { LRUCache } from 'lru-cache';
import { fits } from './gcra.ts';
import type { LimitStore } from './limit-store.ts';

/** Past so many, whoever was counted longest ago is forgotten. Some 20 MB. */
const MAX_KEYS = 100_000;

/**
 * Counts in this process alone.
 *
 * @param nowUs a clock that nobody sets; default: time since the process began
 */
export function createMemoryStore(nowUs: () => number = () => Math.floor(performance.now() * 1000)): LimitStore {
  const fullAtUs = new LRUCache<string, number>({ max: MAX_KEYS });

  return {
    take(claims) {
      const now = nowUs();
      const before = claims.map(({ key }) => Math.max(0, (fullAtUs.get(key) ?? 0) - now));
      if (!claims.every((claim, index) => fits(claim, before[index] ?? 0))) {
        return Promise.resolve({ allowed: false, fullInUs: before });
      }
      const after = claims.map(({ takesUs }, index) => (before[index] ?? 0) + takesUs);
      claims.forEach(({ key }, index) => fullAtUs.set(key, now + (after[index] ?? 0)));
      return Promise.resolve({ allowed: true, fullInUs: after });
    },

    correct(corrections) {
      const now = nowUs();
      for (const { key, byUs } of corrections) {
        const corrected = Math.max(now, fullAtUs.get(key) ?? 0) + byUs;
        if (corrected > now) fullAtUs.set(key, corrected);
        else fullAtUs.delete(key);
      }
      return Promise.resolve();
    },
  };
}
