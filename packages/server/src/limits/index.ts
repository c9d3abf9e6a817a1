export { createLimiter } from './create-limiter.ts';
export type { Claim, Correction, Limit, LimitDecision, Limiter } from './limit.ts';
export { createMemoryStore } from './memory-store.ts';
