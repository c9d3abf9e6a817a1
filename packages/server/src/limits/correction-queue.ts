import type { Correction, Limiter } from './limit.ts';

/** What turned out to be more or less than was taken, to be told to the store together: a turn does not wait for it. */
export interface CorrectionQueue {
  add(corrections: readonly Correction[]): void;
  /** Tells the store. What it did not take is kept for the next time. */
  flush(): Promise<void>;
}

export function createCorrectionQueue(limiter: Pick<Limiter, 'correct'>): CorrectionQueue {
  let waiting = new Map<string, Correction>();

  function add(corrections: readonly Correction[]): void {
    for (const correction of corrections) {
      const id = `${correction.limit.name} ${correction.key}`;
      waiting.set(id, { ...correction, by: correction.by + (waiting.get(id)?.by ?? 0) });
    }
  }

  return {
    add,
    async flush() {
      if (waiting.size === 0) return;
      const corrections = [...waiting.values()];
      waiting = new Map();
      try {
        await limiter.correct(corrections);
      } catch (error) {
        add(corrections);
        throw error;
      }
    },
  };
}
