import { z } from 'zod';
import type { BudgetLimits } from './get-budget.ts';

const usd = z
  .string()
  .regex(/^\d{1,7}(\.\d{1,8})?$/, 'must be US dollars as a string, such as "50.00", or null')
  .nullable()
  .meta({ description: 'US dollars; null: as the tier says.' });

/** Of `PUT /accounts/{account}/admin/budget`: the whole of it. */
export const budgetBodySchema = z.strictObject({
  daily_usd: usd,
  monthly_usd: usd,
  visitor_daily_usd: usd,
}) satisfies z.ZodType<BudgetLimits>;

export const notificationsQuerySchema = z.strictObject({
  limit: z.coerce.number().pipe(z.int().min(1).max(200)).default(50),
});
