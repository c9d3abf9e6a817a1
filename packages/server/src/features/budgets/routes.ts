import type { RequestHandler } from 'express';
import { actorOf } from '../../access/actor.ts';
import type { Database } from '../../db/index.ts';
import { validate } from '../../http/validate.ts';
import { getBudget } from './get-budget.ts';
import { listNotifications } from './list-notifications.ts';
import { budgetBodySchema, notificationsQuerySchema } from './schemas.ts';
import { setBudget } from './set-budget.ts';
import type { TierBudgets } from './tier-budgets.ts';

/** What an account may spend, and what it is told about that. They run behind `enterAccount`. */
export function createBudgetRoutes({ database, tiers }: { database: Database; tiers: TierBudgets }) {
  /** `GET /accounts/{account}/admin/budget` */
  const get: RequestHandler = async (req, res) => {
    const { accountId } = actorOf(req);
    const budget = await database.withAccount(accountId, (tx) => getBudget(tx, accountId, tiers));
    res.set('Cache-Control', 'no-store').json(budget);
  };

  /** `PUT /accounts/{account}/admin/budget` */
  const set: RequestHandler = async (req, res) => {
    const limits = validate(budgetBodySchema, req.body, 'body');
    res.set('Cache-Control', 'no-store').json(await setBudget(database, tiers, actorOf(req), limits));
  };

  /** `GET /accounts/{account}/admin/notifications` */
  const notifications: RequestHandler = async (req, res) => {
    const { limit } = validate(notificationsQuerySchema, req.query, 'query');
    const { accountId } = actorOf(req);
    const listed = await listNotifications(database, accountId, limit);
    res.set('Cache-Control', 'no-store').json({ notifications: listed });
  };

  return { get, set, notifications };
}
