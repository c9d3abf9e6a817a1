export type { Claim, Correction, Limit, Limiter, Standing } from './limit.ts';
export { LIMIT_STORES } from './limit-stores.ts';
export { openLimits, type Limits } from './open-limits.ts';
