import type { LlmRequestRow } from '../src/db/index.ts';

type Settled = Pick<
  LlmRequestRow,
  | 'id'
  | 'account_slug'
  | 'agent_instance_id'
  | 'session_id'
  | 'turn_id'
  | 'completion_status'
  | 'total_cost'
  | 'budget_usd'
>;

/** A ledger row of an agent called `helper` about one short call, of which only these matter to a test. */
export function ledgerRow(settled: Settled): LlmRequestRow {
  return {
    ...settled,
    agent_instance_slug: 'helper',
    agent_type: 'simple_chat',
    provider: 'openai',
    model_requested: 'm',
    model_answered: 'm',
    request_body: {},
    response_body: {},
    prompt_tokens: 3,
    cached_prompt_tokens: 0,
    completion_tokens: 2,
    reasoning_tokens: 0,
    total_tokens: 5,
    prompt_unit_cost: null,
    completion_unit_cost: null,
    prompt_cost: null,
    completion_cost: settled.total_cost,
    cost_source: settled.total_cost === null ? 'unknown' : 'provider',
    price_version: null,
    usage_source: 'provider',
    latency_ms: 1,
    time_to_first_token_ms: null,
  };
}
