import { randomUUID } from 'node:crypto';
import type { Request, RequestHandler, Response } from 'express';
import type { Logger } from '../log.ts';
import type { Metrics } from '../metrics.ts';

/** What every route knows about the request it serves. */
export interface RequestContext {
  requestId: string;
  log: Logger;
  /** For the log line, on routes that are about one agent. */
  agent?: { account: string; agent: string };
  /** For the log line, once known. */
  turnId?: string;
  /** For the log line: the limit that refused the request. */
  refusedBy?: string;
}

const contexts = new WeakMap<Request, RequestContext>();

export function contextOf(req: Request): RequestContext {
  const context = contexts.get(req);
  if (!context) throw new Error('request without a context');
  return context;
}

/** Names the request; logs and counts it when it is over. */
export function requestContext(log: Logger, metrics: Metrics): RequestHandler {
  return (req, res, next) => {
    const startedAt = performance.now();
    const requestId = randomUUID();
    const context: RequestContext = { requestId, log: log.child({ request_id: requestId }) };
    contexts.set(req, context);
    res.setHeader('X-Request-ID', requestId);
    res.on('close', () => {
      const durationMs = performance.now() - startedAt;
      logRequest(req, res, context, durationMs);
      if (context.refusedBy) metrics.countRefusal({ limit: context.refusedBy, account: context.agent?.account ?? '' });
      metrics.countRequest({ method: req.method, route: routePattern(req), status: res.statusCode, durationMs });
    });
    next();
  };
}

/** The route's pattern, not the address: an address may hold a message. */
function logRequest(req: Request, res: Response, context: RequestContext, durationMs: number): void {
  context.log.info(
    {
      method: req.method,
      route: routePattern(req),
      status: res.statusCode,
      duration_ms: Math.round(durationMs),
      aborted: !res.writableFinished,
      ...context.agent,
      ...(context.turnId && { turn_id: context.turnId }),
      ...(context.refusedBy && { limit: context.refusedBy }),
    },
    'request',
  );
}

function routePattern(req: Request): string {
  const path: unknown = (req.route as { path?: unknown } | undefined)?.path;
  return typeof path === 'string' ? path : '(none)';
}
