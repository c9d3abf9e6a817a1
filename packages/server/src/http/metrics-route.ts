import { createHash, timingSafeEqual } from 'node:crypto';
import type { Request, RequestHandler } from 'express';
import { AppError } from '../errors.ts';
import type { Metrics } from '../metrics.ts';
import type { Operation } from '../openapi/operation.ts';

export interface MetricsAccess {
  /** Whoever has it may read from anywhere. Null: nobody has one. */
  token: string | null;
  /** Whether anybody may read as long as there is no token. Else only this machine itself. */
  openWithoutToken: boolean;
}

/** `GET /metrics`. It names accounts and what they spend, so production shows it to those who prove who they are. */
export function createMetricsRoute(metrics: Metrics, access: MetricsAccess): RequestHandler {
  return async (req, res) => {
    if (!mayRead(req, access)) {
      throw new AppError('UNAUTHENTICATED', 'Send the metrics token as a bearer token (SALIENT_METRICS_TOKEN).');
    }
    res
      .set({ 'Cache-Control': 'no-store', 'Content-Type': 'text/plain; version=0.0.4; charset=utf-8' })
      .send(await metrics.render());
  };
}

export const metricsOperation: Operation = {
  method: 'get',
  path: '/metrics',
  tag: 'Operation',
  summary: 'Counters of this process, for Prometheus',
  unlimited: true,
  replies: { 200: { contentType: 'text/plain' } },
  errors: ['UNAUTHENTICATED'],
};

function mayRead(req: Request, { token, openWithoutToken }: MetricsAccess): boolean {
  if (token !== null) return isSame(/^Bearer (\S+)$/i.exec(req.get('Authorization') ?? '')?.[1] ?? '', token);
  return openWithoutToken || isFromThisMachine(req);
}

/** Not through a proxy on this machine either: what it forwards comes from anywhere. */
function isFromThisMachine(req: Request): boolean {
  const isForwarded = ['X-Forwarded-For', 'X-Real-IP', 'Forwarded', 'Via'].some((name) => req.get(name) !== undefined);
  return !isForwarded && /^(?:::1|(?:::ffff:)?127\.\d+\.\d+\.\d+)$/.test(req.socket.remoteAddress ?? '');
}

/** In constant time, for texts of any length. */
function isSame(given: string, wanted: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(wanted));
}
