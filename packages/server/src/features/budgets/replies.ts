import { z } from 'zod';
import { ACCOUNT_TIERS } from '../../account-tiers.ts';
import type { AccountBudgets } from './get-budget.ts';
import type { NotificationEntry } from './list-notifications.ts';

const usd = z.string().regex(/^-?\d+\.\d{8}$/);
const limits = z.object({
  daily_usd: usd.nullable(),
  monthly_usd: usd.nullable(),
  visitor_daily_usd: usd.nullable(),
});
const about = {
  scope: z.enum(['account', 'agent']),
  agent: z.string().nullable(),
  period: z.enum(['day', 'month']),
  starts_on: z.iso.date(),
};

export const accountBudgetsSchema = z
  .object({
    tier: z.enum(ACCOUNT_TIERS),
    ceiling: limits.meta({ description: 'What the tier allows.' }),
    chosen: limits.meta({ description: 'What the account has chosen; null: as the tier says.' }),
    current: z.array(
      z.object({
        ...about,
        limit_usd: usd.nullable(),
        spent_usd: usd,
        reserved_usd: usd.meta({ description: 'For calls under way: the worst they can cost.' }),
      }),
    ),
  })
  .meta({ id: 'AccountBudgets' }) satisfies z.ZodType<AccountBudgets>;

export const notificationsSchema = z.object({
  notifications: z.array(
    z
      .object({
        id: z.uuid(),
        kind: z.enum(['budget_low', 'budget_reached']),
        ...about,
        limit_usd: usd,
        spent_usd: usd,
        created_at: z.iso.datetime(),
      })
      .meta({ id: 'Notification' }) satisfies z.ZodType<NotificationEntry>,
  ),
});
