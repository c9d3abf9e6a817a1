import type { AccountActor } from '../../access/actor.ts';
import type { Database } from '../../db/index.ts';
import { AppError } from '../../errors.ts';
import { recordAudit } from '../audit/index.ts';
import { getBudget, type AccountBudgets, type BudgetLimits } from './get-budget.ts';
import type { TierBudgets } from './tier-budgets.ts';

/**
 * Sets what an account spends at most. In force with the next message, at every process.
 *
 * @throws {AppError} VALIDATION_ERROR for more than the tier allows
 */
export async function setBudget(
  database: Database,
  tiers: TierBudgets,
  actor: AccountActor,
  limits: BudgetLimits,
): Promise<AccountBudgets> {
  const { accountId } = actor;
  return database.withAccount(accountId, async (tx) => {
    const before = await getBudget(tx, accountId, tiers);
    refuseAbove(before.ceiling, limits);
    const amounts = {
      dailyUsd: limits.daily_usd,
      monthlyUsd: limits.monthly_usd,
      visitorDailyUsd: limits.visitor_daily_usd,
      updatedAt: new Date(),
    };
    await tx.accountBudget.upsert({ where: { accountId }, create: { accountId, ...amounts }, update: amounts });
    const after = await getBudget(tx, accountId, tiers);
    await recordAudit(tx, actor, {
      action: 'budget.changed',
      before: { ...before.chosen },
      after: { ...after.chosen },
    });
    return after;
  });
}

function refuseAbove(ceiling: BudgetLimits, limits: BudgetLimits): void {
  for (const name of ['daily_usd', 'monthly_usd', 'visitor_daily_usd'] as const) {
    const most = ceiling[name];
    if (most !== null && limits[name] !== null && Number(limits[name]) > Number(most)) {
      throw new AppError('VALIDATION_ERROR', `${name}: must not be above ${most}, what the account's tier allows.`);
    }
  }
}
