import type { Limit, LimitDecision } from './limit.ts';

// The generic cell rate algorithm (ITU-T I.371). All that is known of a key is when its limit will be full again. To take
// something moves that moment on by the time which the limit needs to bring it back, and is allowed as long as the moment
// is no farther away than the limit's whole time.

const US_PER_SECOND = 1_000_000;

/** A claim in microseconds, whole ones: what a store needs to know of it. */
export interface TimedClaim {
  key: string;
  /** How long the limit takes to bring back what is claimed. */
  takesUs: number;
  windowUs: number;
}

/** How long a limit takes to bring back `cost`; below 0 for what is given back. `burst` of them are never too many. */
export function timeOf({ burst, perSeconds }: Limit, cost: number): number {
  return Math.trunc((cost * perSeconds * US_PER_SECOND) / burst);
}

export function timeClaim(limit: Limit, key: string, cost: number): TimedClaim {
  const windowUs = perWindow(limit);
  // A question larger than the whole limit waits until nothing else is counted, rather than for ever.
  return { key, takesUs: Math.min(timeOf(limit, cost), windowUs), windowUs };
}

/** Whether a claim can be had from a limit that is full again in `fullInUs`. */
export function fits({ takesUs, windowUs }: TimedClaim, fullInUs: number): boolean {
  return fullInUs + takesUs <= windowUs;
}

/**
 * What to tell whoever asked.
 *
 * @param fullInUs until the limit is full again: with the claim, where it was taken, else without
 */
export function decide(limit: Limit, claim: TimedClaim, fullInUs: number, wasTaken: boolean): LimitDecision {
  const allowed = wasTaken || fits(claim, fullInUs);
  const freeUs = Math.max(0, claim.windowUs - fullInUs);
  return {
    allowed,
    limit: limit.burst,
    remaining: Math.min(limit.burst, Math.floor((freeUs * limit.burst) / claim.windowUs)),
    resetSeconds: toSeconds(fullInUs),
    retryAfterSeconds: allowed ? 0 : toSeconds(fullInUs + claim.takesUs - claim.windowUs),
  };
}

function perWindow({ perSeconds }: Limit): number {
  return Math.round(perSeconds * US_PER_SECOND);
}

function toSeconds(microseconds: number): number {
  return Math.ceil(microseconds / US_PER_SECOND);
}
