import type { RunStatement } from './run-statement.ts';

/** What some of an account's ledger rows come to. Money as decimal strings, US dollars. */
export interface UsageSumsRow {
  /** What the rows share; empty in the sum of all of them. */
  name: string;
  is_total: boolean;
  requests: number;
  prompt_tokens: number;
  completion_tokens: number;
  total_tokens: number;
  total_cost: string;
  unpriced_requests: number;
  estimated_requests: number;
}

export interface UsageReads {
  /**
   * Sums of the days `from` to `to` (UTC, both included), in the order of their names and with the sum of all last. One round
   * trip, one scan of an index.
   */
  summarize(
    accountId: string,
    days: { from: string; to: string },
    groupBy: 'agent' | 'day' | 'model',
  ): Promise<UsageSumsRow[]>;
}

export function createUsageReads(run: RunStatement): UsageReads {
  return {
    async summarize(accountId, { from, to }, groupBy) {
      const [row] = await run<{ sums: UsageSumsRow[] }>(
        'SELECT summarize_usage($1::uuid, $2::date, $3::date, $4) AS sums',
        [accountId, from, to, groupBy],
      );
      return row?.sums ?? [];
    },
  };
}
