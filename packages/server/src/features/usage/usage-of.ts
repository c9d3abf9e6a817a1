import type { Usage } from '@salient/shared-types';
import type { LlmRequestRow } from '../../db/index.ts';

/** A ledger row as the wire shows it. */
export function usageOf(row: LlmRequestRow): Usage {
  return {
    provider: row.provider,
    model: row.model_answered ?? row.model_requested,
    prompt_tokens: row.prompt_tokens,
    completion_tokens: row.completion_tokens,
    total_tokens: row.total_tokens,
    prompt_cost: row.prompt_cost,
    completion_cost: row.completion_cost,
    total_cost: row.total_cost,
    cost_source: row.cost_source,
    usage_source: row.usage_source,
    latency_ms: row.latency_ms,
    time_to_first_token_ms: row.time_to_first_token_ms,
  };
}
