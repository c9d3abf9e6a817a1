import type { LlmRequestRow } from '../../db/index.ts';
import type {
  ModelCompletion,
  ModelRequest,
  ProviderErrorKind,
  ReportedUsage,
} from '../../providers/model-provider.ts';
import { budgetChargeOf } from './budget-charge.ts';
import { costOf } from './cost-of.ts';
import { estimatePromptTokens, estimateTokens } from './estimate-tokens.ts';
import type { PriceList } from './price-list.ts';

/** What a ledger row copies in, so that a bill needs no join. */
export interface CallContext {
  accountSlug: string;
  agentInstanceId: string;
  agentInstanceSlug: string;
  agentType: string;
  sessionId: string;
  turnId: string;
}

/** How one provider call ended. */
export interface CallOutcome extends Pick<ModelCompletion, 'modelAnswered' | 'responseId' | 'usage'> {
  status: LlmRequestRow['completion_status'];
  finishReason: 'stop' | 'length' | 'stopped' | 'error';
  /** Null when it ended well. */
  errorKind: ProviderErrorKind | 'aborted' | 'unexpected' | 'lost' | null;
}

export interface FinishedCall {
  id: string;
  context: CallContext;
  provider: string;
  model: string;
  request: Pick<ModelRequest, 'messages' | 'temperature' | 'maxTokens' | 'passages'>;
  /** Counted beforehand, where the prompt itself is gone. */
  promptTokens?: number;
  /** What was generated, as far as it got. */
  text: string;
  outcome: CallOutcome;
  prices: PriceList;
  latencyMs: number;
  timeToFirstTokenMs: number | null;
}

/** The ledger row of a provider call: reported usage where it came, else a count marked `estimated`; a reported cost either way. */
export function describeCall(call: FinishedCall): LlmRequestRow {
  const { context, outcome, request } = call;
  const reported = outcome.usage && 'promptTokens' in outcome.usage ? outcome.usage : null;
  const usage = reported ?? { ...countUsage(call), ...outcome.usage };
  const at = new Date();
  const price =
    (outcome.modelAnswered && call.prices.findPrice({ provider: call.provider, model: outcome.modelAnswered, at })) ||
    call.prices.findPrice({ provider: call.provider, model: call.model, at });
  const cost = costOf({ usage, price });
  return {
    id: call.id,
    account_slug: context.accountSlug,
    agent_instance_id: context.agentInstanceId,
    agent_instance_slug: context.agentInstanceSlug,
    agent_type: context.agentType,
    session_id: context.sessionId,
    turn_id: context.turnId,
    completion_status: outcome.status,
    provider: call.provider,
    model_requested: call.model,
    model_answered: outcome.modelAnswered,
    request_body: {
      temperature: request.temperature,
      max_tokens: request.maxTokens,
      messages: request.messages.map(({ role, content }) => ({ role, characters: content.length })),
      passages: request.passages.length,
    },
    response_body: {
      id: outcome.responseId,
      finish_reason: outcome.finishReason,
      characters: call.text.length,
      ...(outcome.errorKind && { error: outcome.errorKind }),
    },
    prompt_tokens: usage.promptTokens,
    cached_prompt_tokens: usage.cachedPromptTokens,
    completion_tokens: usage.completionTokens,
    reasoning_tokens: usage.reasoningTokens,
    total_tokens: usage.promptTokens + usage.completionTokens,
    prompt_unit_cost: cost.promptUnitCost,
    completion_unit_cost: cost.completionUnitCost,
    prompt_cost: cost.promptCost,
    completion_cost: cost.completionCost,
    total_cost: cost.totalCost,
    cost_source: cost.costSource,
    price_version: cost.costSource === 'price_table' ? (price?.source ?? null) : null,
    budget_usd: budgetChargeOf(cost, usage, call.prices.ceiling),
    usage_source: reported ? 'provider' : 'estimated',
    latency_ms: call.latencyMs,
    time_to_first_token_ms: call.timeToFirstTokenMs,
  };
}

/** A call that the provider refused was never read; any other has at least cost its prompt. */
function countUsage({ request, promptTokens, text, outcome }: FinishedCall): ReportedUsage {
  const counted = promptTokens ?? estimatePromptTokens(request.messages);
  return {
    promptTokens: outcome.errorKind === 'http' ? 0 : counted,
    cachedPromptTokens: 0,
    completionTokens: estimateTokens(text),
    reasoningTokens: 0,
    costUsd: null,
    promptCostUsd: null,
    completionCostUsd: null,
  };
}
