import type { TimedClaim } from './gcra.ts';

/** What became of claims that were made together. */
export interface TakenClaims {
  allowed: boolean;
  /** Of each claim, in their order: until its limit is full again. */
  fullInUs: number[];
}

/** Moves the moment when a limit is full again. */
export interface TimedCorrection {
  key: string;
  byUs: number;
}

/** Where counts are kept. Its clock is the only one that counts. */
export interface LimitStore {
  /** All or nothing, in one step that nobody else gets between. Keys are different ones. */
  take(claims: readonly TimedClaim[]): Promise<TakenClaims>;
  correct(corrections: readonly TimedCorrection[]): Promise<void>;
}
