import type { Database } from '../../db/index.ts';

export const USAGE_GROUPS = ['agent', 'day', 'model'] as const;
export type UsageGrouping = (typeof USAGE_GROUPS)[number];

/** Days in UTC, both included. */
export interface UsagePeriod {
  from: string;
  to: string;
}

/** What some of an account's requests come to. Money as decimal strings, US dollars. */
export interface UsageSums {
  requests: number;
  prompt_tokens: number;
  completion_tokens: number;
  total_tokens: number;
  total_cost: string;
  /** Left out of `total_cost`: no price is known. */
  unpriced_requests: number;
  estimated_requests: number;
}

export interface UsageSummary extends UsagePeriod {
  group_by: UsageGrouping;
  total: UsageSums;
  groups: (UsageSums & { name: string })[];
}

/** The exact sums of an account's ledger rows, by agent, day or model. */
export async function summarizeUsage(
  database: Database,
  accountId: string,
  { from, to }: UsagePeriod,
  grouping: UsageGrouping,
): Promise<UsageSummary> {
  const rows = await database.usage.summarize(accountId, { from, to }, grouping);
  const sums = rows.map(({ is_total: _, ...sum }) => sum);
  const { name: _, ...total } = sums.at(-1) ?? raiseNoTotal();
  return { from, to, group_by: grouping, total, groups: sums.slice(0, -1) };
}

function raiseNoTotal(): never {
  throw new Error('the grand total has no row');
}
