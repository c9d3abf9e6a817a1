import { expect, test } from 'vitest';
import type { Agent } from '../agents/index.ts';
import { createPriceList } from '../usage/index.ts';
import { planReservation } from './plan-reservation.ts';
import type { TierBudgets } from './tier-budgets.ts';

const PRICES = createPriceList([], { prompt: '5.00', completion: '25.00' });
const FREE = { daily_usd: '2.00', monthly_usd: null, visitor_daily_usd: '0.50' };
const TIERS = { free: FREE } as TierBudgets;

function plan(
  models: { provider: string; model: string }[],
  { visitorDailyUsd = null, maxTokens = 500 }: { visitorDailyUsd?: string | null; maxTokens?: number } = {},
) {
  const budget = { monthlyUsd: '10', dailyUsd: null, visitorDailyUsd, fallbackModel: null };
  const config = { budget, historyLimit: 50, llm: { maxTokens } };
  const agent = { accountTier: 'free', config } as unknown as Agent;
  return planReservation({ agent, models, promptTokens: 1000, maxPromptTokens: 900_000.5 }, TIERS, PRICES);
}

test('names the worst case of a call and every budget it must fit in', () => {
  expect(plan([{ provider: 'openai', model: 'gpt-4o-mini' }])).toEqual({
    limits: {
      account_monthly: null,
      account_daily: '2.00',
      agent_monthly: '10',
      agent_daily: null,
      visitor_daily: '0.50',
    },
    choices: [{ provider: 'openai', model: 'gpt-4o-mini', prompt_usd: '0.15', completion_usd: '0.6' }],
    prompt_tokens: 1100,
    max_prompt_tokens: 900_000,
    completion_tokens: 500,
  });
});

test('M4: counts a model without a known price at the ceiling', () => {
  expect(plan([{ provider: 'openai', model: 'gpt-5-imagined' }])?.choices).toMatchObject([
    { prompt_usd: '5.00', completion_usd: '25.00' },
  ]);
});

test('takes the price of long prompts only where the prompt can get that long', () => {
  const models = [{ provider: 'openrouter', model: 'anthropic/claude-sonnet-4.5' }];
  expect(plan(models)?.choices).toMatchObject([{ prompt_usd: '3', completion_usd: '15' }]);
  expect(plan(models, { maxTokens: 5000 })?.choices).toMatchObject([{ prompt_usd: '6', completion_usd: '22.5' }]);
});

test.each([
  [null, '0.50'],
  ['0.09', '0.09'],
  ['10', '0.50'],
])("holds a visitor to the lesser of the agent's and the tier's: %s", (visitorDailyUsd, expected) => {
  const request = plan([{ provider: 'openai', model: 'gpt-4o-mini' }], { visitorDailyUsd });
  expect(request?.limits.visitor_daily).toBe(expected);
});

test('is nothing where nobody is asked', () => {
  expect(plan([{ provider: 'local', model: 'local' }])).toBeNull();
});
