import type { Request, RequestHandler } from 'express';
import type { Limit, Limiter } from '../limits/index.ts';
import { allowOrigin } from './origin-guard.ts';
import { rateLimited } from './rate-limit-headers.ts';

/**
 * Refuses requests past a limit with RATE_LIMIT_EXCEEDED.
 *
 * @param limit null: none
 * @param keyOf who is counted
 */
export function limitRequests(limiter: Limiter, limit: Limit | null, keyOf: (req: Request) => string): RequestHandler {
  return async (req, res, next) => {
    const decision = limit && (await limiter.take(limit, keyOf(req)));
    if (limit && decision && !decision.allowed) {
      // A page may read why, wherever it is: this says nothing of any agent.
      if (!res.hasHeader('Access-Control-Allow-Origin')) allowOrigin(req, res, []);
      throw rateLimited({ limit, decision });
    }
    next();
  };
}
