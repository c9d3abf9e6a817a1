import type { AccountTransaction } from '../../db/index.ts';
import type { AccountTier } from '../../account-tiers.ts';
import { tierOf } from '../agents/index.ts';
import type { TierBudgets } from './tier-budgets.ts';

/** US dollars as decimal strings; null: no limit. */
export interface BudgetLimits {
  daily_usd: string | null;
  monthly_usd: string | null;
  visitor_daily_usd: string | null;
}

/** What one of an account's budgets holds in the period that is running. */
export interface BudgetState {
  scope: 'account' | 'agent';
  /** Its slug; null for the account's own. */
  agent: string | null;
  period: 'day' | 'month';
  starts_on: string;
  limit_usd: string | null;
  spent_usd: string;
  /** For calls under way: the worst they can cost. */
  reserved_usd: string;
}

export interface AccountBudgets {
  tier: AccountTier;
  /** What the tier lets the account spend. */
  ceiling: BudgetLimits;
  /** What the account has chosen. */
  chosen: BudgetLimits;
  /** The running day and month. Agents without a budget of their own are not in it. */
  current: BudgetState[];
}

export async function getBudget(
  tx: AccountTransaction,
  accountId: string,
  tiers: TierBudgets,
): Promise<AccountBudgets> {
  const account = await tx.account.findUniqueOrThrow({ where: { id: accountId }, include: { budget: true } });
  const tier = tierOf(account);
  const { budget } = account;
  const chosen: BudgetLimits = {
    daily_usd: budget?.dailyUsd?.toFixed(8) ?? null,
    monthly_usd: budget?.monthlyUsd?.toFixed(8) ?? null,
    visitor_daily_usd: budget?.visitorDailyUsd?.toFixed(8) ?? null,
  };
  const { daily_usd: daily, monthly_usd: monthly } = tiers[tier];
  // Counters come with the first call of a period; until then the ledger has the same sum.
  const current = await tx.$queryRaw<BudgetState[]>`
    WITH budget AS (
      SELECT 'account' AS scope, '' AS subject, period, starts_on, least(ceiling::numeric, chosen::numeric) AS limit_usd
        FROM (VALUES
          ('day', budget_today(), ${daily}::text, ${chosen.daily_usd}::text),
          ('month', date_trunc('month', budget_today())::date, ${monthly}::text, ${chosen.monthly_usd}::text)
        ) AS own(period, starts_on, ceiling, chosen)
      UNION ALL
      SELECT scope, subject, period, starts_on, limit_usd FROM budget_counters
        WHERE account_id = ${accountId}::uuid AND scope = 'agent'
          AND starts_on = CASE period WHEN 'day' THEN budget_today() ELSE date_trunc('month', budget_today())::date END
    )
    SELECT budget.scope, agent.instance_slug AS agent, budget.period, budget.starts_on::text,
        round(budget.limit_usd, 8)::text AS limit_usd,
        round(coalesce(counter.spent_usd, budget_spent(${accountId}::uuid, NULL, budget.starts_on, budget_today() + 1)), 8)::text
          AS spent_usd,
        coalesce(counter.reserved_usd, 0.00000000)::text AS reserved_usd
      FROM budget
      LEFT JOIN budget_counters AS counter ON counter.account_id = ${accountId}::uuid AND counter.starts_on = budget.starts_on
        AND counter.scope = budget.scope AND counter.subject = budget.subject AND counter.period = budget.period
      LEFT JOIN agent_instances AS agent ON agent.account_id = ${accountId}::uuid AND agent.id::text = budget.subject
      ORDER BY budget.scope, agent.instance_slug, budget.period`;
  return { tier, ceiling: toLimits(tiers[tier]), chosen, current };
}

function toLimits({ daily_usd, monthly_usd, visitor_daily_usd }: BudgetLimits): BudgetLimits {
  return { daily_usd: toUsd(daily_usd), monthly_usd: toUsd(monthly_usd), visitor_daily_usd: toUsd(visitor_daily_usd) };
}

/** As the database writes it: with eight decimals. */
function toUsd(amount: string | null): string | null {
  if (amount === null) return null;
  const [dollars = '0', decimals = ''] = amount.split('.');
  return `${dollars}.${decimals.padEnd(8, '0')}`;
}
