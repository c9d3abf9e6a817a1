import { AppError } from '../errors.ts';
import type { Standing } from '../limits/index.ts';

/**
 * The limit that a client has to think of: one that refused, the longest wait first; else the one with the fewest left.
 *
 * @returns null when there is none
 */
export function findTightest(standings: readonly Standing[]): Standing | null {
  const [tightest] = standings.toSorted(
    ({ decision: one }, { decision: other }) =>
      other.retryAfterSeconds - one.retryAfterSeconds || one.remaining - other.remaining,
  );
  return tightest ?? null;
}

/**
 * `RateLimit-Limit`, `-Remaining` and `-Reset` (draft-ietf-httpapi-ratelimit-headers-06), and `RateLimit-Policy`, which
 * names the limit as later drafts do (-10, section 3).
 */
export function rateLimitHeaders({ limit, decision }: Standing): Record<string, string> {
  return {
    'RateLimit-Limit': `${decision.limit}`,
    'RateLimit-Remaining': `${decision.remaining}`,
    'RateLimit-Reset': `${decision.resetSeconds}`,
    'RateLimit-Policy': `"${limit.name}";q=${limit.burst};w=${limit.perSeconds}`,
  };
}

/** The refusal of a limit, which says when to come back. */
export function rateLimited(standing: Standing): AppError {
  const seconds = standing.decision.retryAfterSeconds;
  return new AppError(
    'RATE_LIMIT_EXCEEDED',
    `That was too much in a short time. Try again in ${seconds} ${seconds === 1 ? 'second' : 'seconds'}.`,
    { limit: standing.limit.name, headers: { ...rateLimitHeaders(standing), 'Retry-After': `${seconds}` } },
  );
}
