import { expect, test } from 'vitest';
import { parseUsage } from './parse-usage.ts';

const COUNTS = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 };

test('reads plain counts', () => {
  expect(parseUsage(COUNTS)).toEqual({
    promptTokens: 10,
    cachedPromptTokens: 0,
    completionTokens: 5,
    reasoningTokens: 0,
    costUsd: null,
    promptCostUsd: null,
    completionCostUsd: null,
  });
});

test('bills reasoning that the provider counts outside the completion (xAI)', () => {
  const usage = parseUsage({
    prompt_tokens: 32,
    completion_tokens: 2,
    total_tokens: 374,
    completion_tokens_details: { reasoning_tokens: 340 },
  });
  expect(usage).toMatchObject({ promptTokens: 32, completionTokens: 342, reasoningTokens: 340 });
});

test.each([
  ['a total smaller than its parts', { ...COUNTS, total_tokens: 12 }, { promptTokens: 10, completionTokens: 5 }],
  ['no total', { prompt_tokens: 10, completion_tokens: 5 }, { promptTokens: 10, completionTokens: 5 }],
  ['no completion', { prompt_tokens: 10, total_tokens: 15 }, { promptTokens: 10, completionTokens: 5 }],
  ['no prompt', { completion_tokens: 5, total_tokens: 15 }, { promptTokens: 10, completionTokens: 5 }],
  ['null details', { ...COUNTS, prompt_tokens_details: null, completion_tokens_details: null }, { promptTokens: 10 }],
  ['OpenAI cache', { ...COUNTS, prompt_tokens_details: { cached_tokens: 8 } }, { cachedPromptTokens: 8 }],
  ['DeepSeek cache', { ...COUNTS, prompt_cache_hit_tokens: 7 }, { cachedPromptTokens: 7 }],
  ['Moonshot cache', { ...COUNTS, cached_tokens: 6 }, { cachedPromptTokens: 6 }],
  ['more cached than sent', { ...COUNTS, cached_tokens: 60 }, { cachedPromptTokens: 0 }],
  ['absurd total', { ...COUNTS, total_tokens: 1e15 }, { promptTokens: 10, completionTokens: 5 }],
])('understands %s', (_name, usage, expected) => {
  expect(parseUsage(usage)).toMatchObject(expected);
});

test.each([
  [null],
  ['12'],
  [{}],
  [{ total_tokens: 15 }],
  [{ prompt_tokens: -1, completion_tokens: 5 }],
  [{ prompt_tokens: Number.NaN, completion_tokens: 5 }],
  [{ prompt_tokens: 1.5, completion_tokens: 5 }],
  [{ prompt_tokens: 10, completion_tokens: 1e12 }],
  [{ prompt_tokens: '10', completion_tokens: '5' }],
  [{ prompt_tokens: [10], completion_tokens: {} }],
  [{ prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 }],
  [{ prompt_tokens: -1, completion_tokens: 5, cost: -0.1 }],
])('treats %j as no usage', (usage) => {
  expect(parseUsage(usage)).toBeNull();
});

test.each([
  ['OpenRouter', { cost: 0.00014 }, '0.00014'],
  ['OpenRouter, tiny', { cost: 1.4e-7 }, '0.00000014'],
  ['OpenRouter, free', { cost: 0 }, '0'],
  [
    "OpenRouter with the customer's own key",
    { cost: 0.95, is_byok: true, cost_details: { upstream_inference_cost: 19 } },
    '19.95',
  ],
  ['OpenRouter without it', { cost: 0.95, is_byok: false, cost_details: { upstream_inference_cost: 0.95 } }, '0.95'],
  [
    'Perplexity',
    { cost: { input_tokens_cost: 1e-5, output_tokens_cost: 2e-5, request_cost: 0.005, total_cost: 0.00503 } },
    '0.00503',
  ],
  ['xAI', { cost_in_usd_ticks: 37_756_000 }, '0.0037756'],
  ['DeepInfra', { estimated_cost: 0.0000125 }, '0.0000125'],
  ['decimal text', { cost: '0.000012345678901234' }, '0.000012345678901234'],
])('reads the cost that %s reports, to the last digit', (_name, cost, expected) => {
  expect(parseUsage({ ...COUNTS, ...cost })?.costUsd).toBe(expected);
});

test('reads the parts of a reported cost', () => {
  const details = { upstream_inference_prompt_cost: 4e-5, upstream_inference_completions_cost: 0.0001 };
  expect(parseUsage({ ...COUNTS, cost: 0.00014, cost_details: details })).toMatchObject({
    promptCostUsd: '0.00004',
    completionCostUsd: '0.0001',
  });
});

test.each([[-0.1], [Number.NaN], [Number.POSITIVE_INFINITY], [1e9], ['free'], ['-1'], [{}], [null], [true]])(
  'ignores the cost %j',
  (cost) => {
    expect(parseUsage({ ...COUNTS, cost })?.costUsd).toBeNull();
  },
);

test('keeps a cost that comes without counts that can be believed', () => {
  const cost = { costUsd: '0.5', promptCostUsd: null, completionCostUsd: null };
  expect(parseUsage({ cost: 0.5 })).toEqual(cost);
  expect(parseUsage({ prompt_tokens: -1, completion_tokens: 1e15, cost: 0.5 })).toEqual(cost);
});
