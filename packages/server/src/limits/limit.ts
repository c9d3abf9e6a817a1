/** So many of something in so much time: `burst` at once, then evenly `burst` per `perSeconds`. */
export interface Limit {
  /** Keeps the counts of different limits apart, such as `login by address`. */
  name: string;
  burst: number;
  perSeconds: number;
}

/** What a limit says, and where it stands now. */
export interface LimitDecision {
  allowed: boolean;
  limit: number;
  /** How many could be taken at once now. */
  remaining: number;
  /** Until all of it is there again, rounded up. */
  resetSeconds: number;
  /** Until what was asked for is there, rounded up. 0 where the limit allows it. */
  retryAfterSeconds: number;
}

/** A limit and what it says. */
export interface Standing {
  limit: Limit;
  decision: LimitDecision;
}

/** Something asked of a limit. */
export interface Claim {
  limit: Limit;
  /** Who is counted, such as an address. Stores see it hashed. */
  key: string;
  cost: number;
}

/** A limit's name and how much of it a key is given back (below 0) or has used beyond what it took. */
export interface Correction {
  limit: Limit;
  key: string;
  by: number;
}

/** Counts by key, over all processes that share its store, by the store's clock. */
export interface Limiter {
  /** @param cost default 1. More than the whole limit counts as the whole limit. */
  take(limit: Limit, key: string, cost?: number): Promise<LimitDecision>;
  /** Undoes a `take`, such as of a call that was not made after all. */
  giveBack(limit: Limit, key: string, cost?: number): Promise<void>;
  /** Takes all or nothing. Decisions in the order of the claims, which name each limit and key once. */
  takeAll(claims: readonly Claim[]): Promise<LimitDecision[]>;
  /** Adds to what was taken, or gives back, without asking: for what turned out to be more or less. */
  correct(corrections: readonly Correction[]): Promise<void>;
}
