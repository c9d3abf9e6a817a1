import type { BudgetRequest } from '../../db/index.ts';
import type { Agent } from '../agents/index.ts';
import { highestPrice, type PriceList } from '../usage/index.ts';
import type { TierBudgets } from './tier-budgets.ts';

/** A call that may be made. */
export interface PlannedCall {
  agent: Agent;
  /** By name. The second is the cheaper one that takes over when a budget runs low. */
  models: readonly { provider: string; model: string }[];
  /** Counted, without the history. */
  promptTokens: number;
  /** What the prompt is fitted into. */
  maxPromptTokens: number;
}

/** A count may be short by about this share. */
const MARGIN = 0.1;

/**
 * What to reserve for a call: its worst case, and the budgets it must fit in.
 *
 * @returns null for a model that costs nothing because nobody is asked
 */
export function planReservation(call: PlannedCall, tiers: TierBudgets, prices: PriceList): BudgetRequest | null {
  const { agent, models } = call;
  if (models[0]?.provider === 'local') return null;
  const { budget, historyLimit, llm } = agent.config;
  const promptTokens = Math.ceil(call.promptTokens * (1 + MARGIN));
  const maxPromptTokens = Math.floor(call.maxPromptTokens);
  const longest = Math.min(maxPromptTokens, promptTokens + historyLimit * llm.maxTokens);
  const tier = tiers[agent.accountTier];
  return {
    limits: {
      account_monthly: tier.monthly_usd,
      account_daily: tier.daily_usd,
      agent_monthly: budget.monthlyUsd,
      agent_daily: budget.dailyUsd,
      visitor_daily: lesser(tier.visitor_daily_usd, budget.visitorDailyUsd),
    },
    choices: models.map(({ provider, model }) => {
      const { prompt, completion } = highestPrice(prices, { provider, model, at: new Date() }, longest);
      return { provider, model, prompt_usd: prompt, completion_usd: completion };
    }),
    prompt_tokens: promptTokens,
    max_prompt_tokens: maxPromptTokens,
    completion_tokens: llm.maxTokens,
  };
}

function lesser(one: string | null, other: string | null): string | null {
  if (one === null || other === null) return one ?? other;
  return Number(one) <= Number(other) ? one : other;
}
