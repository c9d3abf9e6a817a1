import type { ReportedUsage } from '../../providers/model-provider.ts';
import type { Cost } from './cost-of.ts';
import { Decimal, formatUsd } from './money.ts';
import type { PriceCeiling } from './price-list.ts';

const TOKENS_PER_PRICE = 1_000_000;

/** What budgets count for a call: what it cost; where that is not known, its tokens at the configured ceiling. */
export function budgetChargeOf(
  { totalCost }: Pick<Cost, 'totalCost'>,
  { promptTokens, completionTokens }: Pick<ReportedUsage, 'promptTokens' | 'completionTokens'>,
  ceiling: PriceCeiling,
): string {
  if (totalCost !== null) return totalCost;
  const exact = new Decimal(ceiling.prompt)
    .mul(promptTokens)
    .add(new Decimal(ceiling.completion).mul(completionTokens));
  return formatUsd(exact.div(TOKENS_PER_PRICE));
}
