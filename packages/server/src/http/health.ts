import type { RequestHandler } from 'express';
import { z } from 'zod';
import type { Database } from '../db/index.ts';
import { AppError } from '../errors.ts';
import type { Operation } from '../openapi/operation.ts';

const DATABASE_CHECK_MS = 2_000;

export function createHealthRoutes(database: Database, isReady: () => boolean) {
  /** `GET /health`: the process is alive. Asks nobody else. */
  const live: RequestHandler = (_req, res) => {
    res.set('Cache-Control', 'no-store').json({ status: 'ok' });
  };

  /** `GET /ready`: the process takes work and its database answers. */
  const ready: RequestHandler = async (_req, res) => {
    if (!isReady()) throw notReady('The server is starting or shutting down.');
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error('the database did not answer in time')), DATABASE_CHECK_MS);
    });
    try {
      await Promise.race([database.ping(), limit]);
    } catch (error) {
      throw notReady('The database cannot be reached.', error);
    } finally {
      clearTimeout(timer);
    }
    res.set('Cache-Control', 'no-store').json({ status: 'ready' });
  };

  return { live, ready };
}

function notReady(detail: string, cause?: unknown): AppError {
  return new AppError('NOT_READY', detail, { cause, headers: { 'Retry-After': '5' } });
}

export const healthOperations: readonly Operation[] = [
  {
    method: 'get',
    path: '/health',
    tag: 'Operation',
    summary: 'Whether the process lives',
    unlimited: true,
    replies: { 200: z.object({ status: z.literal('ok') }) },
  },
  {
    method: 'get',
    path: '/ready',
    tag: 'Operation',
    summary: 'Whether it takes work: 503 while it starts, drains or has no database',
    unlimited: true,
    replies: { 200: z.object({ status: z.literal('ready') }) },
  },
];
