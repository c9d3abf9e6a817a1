import type { Database } from '../../db/index.ts';
import type { Logger } from '../../log.ts';
import type { Metrics } from '../../metrics.ts';

/** Visitors' counters name a visitor, by a hash; nobody asks for one of a past day. */
const KEEP_VISITOR_DAYS = 7;
const NOTIFICATIONS_AT_ONCE = 100;

export const ANNOUNCE_INTERVAL_MS = 5_000;
export const FORGET_VISITORS_INTERVAL_MS = 3_600_000;

export interface BudgetWatchDependencies {
  database: Database;
  log: Logger;
  metrics: Metrics;
}

/** Writes to the log, once for all processes, which budgets run low or are spent. To be run again and again. */
export async function announceBudgets({ database, log, metrics }: BudgetWatchDependencies): Promise<void> {
  for (const { account_slug, kind, details } of await database.budgets.takeNotifications(NOTIFICATIONS_AT_ONCE)) {
    metrics.countBudgetNotice({ account: account_slug, kind, scope: details.scope });
    log.warn(
      { account: account_slug, ...details },
      kind === 'budget_low' ? 'four fifths of a budget are spent' : 'a budget is spent',
    );
  }
}

/** Gives back what is reserved for conversations that were deleted while they were answered. To be run again and again. */
export async function releaseLostReservations({ database, log }: BudgetWatchDependencies): Promise<void> {
  const count = await database.budgets.releaseLost();
  if (count > 0) log.warn({ turns: count }, 'gave back what was reserved for turns that are gone');
}

export async function forgetVisitorBudgets({ database }: BudgetWatchDependencies): Promise<void> {
  await database.budgets.forgetVisitors(KEEP_VISITOR_DAYS);
}
