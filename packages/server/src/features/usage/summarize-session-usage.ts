import type { SessionUsage } from '@salient/shared-types';
import type { Database } from '../../db/index.ts';

/** What a session has cost so far: the exact sum of its ledger rows. */
export async function summarizeSessionUsage(
  database: Database,
  accountId: string,
  sessionId: string,
): Promise<SessionUsage> {
  const sums = await database.withAccount(accountId, async (tx) => ({
    all: await tx.llmRequest.aggregate({
      where: { accountId, sessionId },
      _sum: { entry: true, promptTokens: true, completionTokens: true, totalTokens: true, totalCost: true },
    }),
    unpriced: await tx.llmRequest.aggregate({
      where: { accountId, sessionId, totalCost: null },
      _sum: { entry: true },
    }),
  }));
  return {
    session_id: sessionId,
    requests: sums.all._sum.entry ?? 0,
    prompt_tokens: sums.all._sum.promptTokens ?? 0,
    completion_tokens: sums.all._sum.completionTokens ?? 0,
    total_tokens: sums.all._sum.totalTokens ?? 0,
    total_cost: sums.all._sum.totalCost?.toFixed(8) ?? '0.00000000',
    unpriced_requests: sums.unpriced._sum.entry ?? 0,
  };
}
