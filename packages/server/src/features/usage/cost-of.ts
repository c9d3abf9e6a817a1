import type { Usage } from '@salient/shared-types';
import type { ReportedUsage } from '../../providers/model-provider.ts';
import { Decimal, formatUsd, roundUsd, USD_LIMIT } from './money.ts';
import { rateFor } from './price.ts';
import type { Price } from './price.ts';

/** What one request cost: US dollars, as decimals with eight places. Null means unknown. Known parts add up to the total. */
export interface Cost {
  /** Per million tokens, uncached; from the price list only. */
  promptUnitCost: string | null;
  /** Per million tokens; from the price list only. */
  completionUnitCost: string | null;
  promptCost: string | null;
  completionCost: string | null;
  totalCost: string | null;
  costSource: Usage['cost_source'];
}

const UNKNOWN: Cost = {
  promptUnitCost: null,
  completionUnitCost: null,
  promptCost: null,
  completionCost: null,
  totalCost: null,
  costSource: 'unknown',
};

const TOKENS_PER_PRICE = 1_000_000;

/** Works out what a request cost: what the provider says, else tokens times price, else unknown. */
export function costOf({ usage, price }: { usage: ReportedUsage; price: Price | null }): Cost {
  return reportedCost(usage) ?? (price && tokenCost(usage, price)) ?? UNKNOWN;
}

/** The provider's total includes fees that tokens do not show, so it is never recomputed. */
function reportedCost({ costUsd, promptCostUsd, completionCostUsd }: ReportedUsage): Cost | null {
  if (costUsd === null) return null;
  const total = roundUsd(new Decimal(costUsd));
  if (total.gte(USD_LIMIT)) return null;
  const cost: Cost = { ...UNKNOWN, totalCost: formatUsd(total), costSource: 'provider' };
  if (promptCostUsd === null || completionCostUsd === null) return cost;

  const exactPrompt = new Decimal(promptCostUsd);
  if (!roundUsd(exactPrompt.add(completionCostUsd)).eq(total)) return cost;
  // Rounding each part alone could miss the total by its last digit.
  const prompt = Decimal.min(roundUsd(exactPrompt), total);
  return { ...cost, promptCost: formatUsd(prompt), completionCost: formatUsd(total.sub(prompt)) };
}

function tokenCost(usage: ReportedUsage, price: Price): Cost | null {
  const { promptTokens, cachedPromptTokens, completionTokens, reasoningTokens } = usage;
  const promptUnit = rateFor(price.input, promptTokens);
  const completionUnit = rateFor(price.output, promptTokens);
  const prompt = sumOf([
    [promptTokens - cachedPromptTokens, promptUnit],
    [cachedPromptTokens, rateFor(price.cachedInput, promptTokens)],
  ]);
  const completion = sumOf([
    [completionTokens - reasoningTokens, completionUnit],
    [reasoningTokens, rateFor(price.reasoning, promptTokens)],
  ]);
  const total = prompt.add(completion);
  if (total.gte(USD_LIMIT)) return null;
  return {
    promptUnitCost: formatUsd(promptUnit),
    completionUnitCost: formatUsd(completionUnit),
    promptCost: formatUsd(prompt),
    completionCost: formatUsd(completion),
    totalCost: formatUsd(total),
    costSource: 'price_table',
  };
}

/** Adds up exactly, then rounds once. */
function sumOf(items: readonly (readonly [tokens: number, perMillion: Decimal])[]): Decimal {
  const exact = items.reduce((sum, [tokens, perMillion]) => sum.add(perMillion.mul(tokens)), new Decimal(0));
  return roundUsd(exact.div(TOKENS_PER_PRICE));
}
