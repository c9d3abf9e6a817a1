import type { RequestHandler } from 'express';
import { actorOf } from '../../access/actor.ts';
import type { Database } from '../../db/index.ts';
import { AppError } from '../../errors.ts';
import { validate } from '../../http/validate.ts';
import { periodOf, usageQuerySchema } from './schemas.ts';
import { summarizeUsage } from './summarize-usage.ts';

/** What an account has spent. Runs behind `enterAccount`. */
export function createUsageRoutes({ database }: { database: Database }) {
  /** `GET /accounts/{account}/admin/usage` */
  const summary: RequestHandler = async (req, res) => {
    const query = validate(usageQuerySchema, req.query, 'query');
    const period = periodOf(query);
    if (!period) throw new AppError('VALIDATION_ERROR', 'from: must be before `to`, by a year at most.');
    const { accountId } = actorOf(req);
    res.set('Cache-Control', 'no-store').json(await summarizeUsage(database, accountId, period, query.group_by));
  };

  return { summary };
}
