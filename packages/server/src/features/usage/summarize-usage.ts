import { Prisma } from '../../generated/prisma/client.ts';
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

/** By what the requests are told apart, as one text. */
const NAMES: Record<UsageGrouping, Prisma.Sql> = {
  agent: Prisma.sql`agent_instance_slug`,
  day: Prisma.sql`to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD')`,
  model: Prisma.sql`concat(provider, ' ', coalesce(model_answered, model_requested))`,
};

/** The exact sums of an account's ledger rows, in one scan of an index. */
export async function summarizeUsage(
  database: Database,
  accountId: string,
  { from, to }: UsagePeriod,
  grouping: UsageGrouping,
): Promise<UsageSummary> {
  const rows = await database.withAccount(
    accountId,
    (tx) => tx.$queryRaw<(UsageSums & { name: string; is_total: boolean })[]>`
      SELECT coalesce(request.name, '') AS name, grouping(request.name) = 1 AS is_total,
        coalesce(sum(entry), 0)::integer AS requests,
        coalesce(sum(prompt_tokens), 0)::float8 AS prompt_tokens,
        coalesce(sum(completion_tokens), 0)::float8 AS completion_tokens,
        coalesce(sum(total_tokens), 0)::float8 AS total_tokens,
        coalesce(sum(total_cost), 0.00000000)::text AS total_cost,
        coalesce(sum(entry) FILTER (WHERE total_cost IS NULL), 0)::integer AS unpriced_requests,
        coalesce(sum(entry) FILTER (WHERE usage_source = 'estimated'), 0)::integer AS estimated_requests
      FROM (
        SELECT ${NAMES[grouping]} AS name, * FROM llm_requests
        WHERE account_id = ${accountId}::uuid
          AND created_at >= ${from}::date::timestamp AT TIME ZONE 'UTC'
          AND created_at < (${to}::date + 1)::timestamp AT TIME ZONE 'UTC'
      ) AS request
      GROUP BY GROUPING SETS ((request.name), ())
      ORDER BY is_total, name`,
  );
  const sums = rows.map(({ is_total: _, ...sum }) => sum);
  const { name: _, ...total } = sums.at(-1) ?? raiseNoTotal();
  return { from, to, group_by: grouping, total, groups: sums.slice(0, -1) };
}

function raiseNoTotal(): never {
  throw new Error('the grand total has no row');
}
