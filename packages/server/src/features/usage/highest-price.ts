import { Decimal } from './money.ts';
import type { PriceList, PriceQuery } from './price-list.ts';
import type { Rate } from './price.ts';

/**
 * What a million tokens of a model cost at most, in US dollars: by the highest rate that applies to prompts up to that
 * length, or the ceiling where no price is known.
 */
export function highestPrice(
  prices: PriceList,
  query: PriceQuery,
  maxPromptTokens: number,
): { prompt: string; completion: string } {
  const price = prices.findPrice(query);
  if (!price) return prices.ceiling;
  const highest = (...rates: Rate[]) =>
    Decimal.max(
      ...rates.flatMap(({ base, tiers }) => [base].concat(tiers.filter(applies).map(({ price: tier }) => tier))),
    ).toFixed();
  return { prompt: highest(price.input, price.cachedInput), completion: highest(price.output, price.reasoning) };

  function applies({ abovePromptTokens }: Rate['tiers'][number]): boolean {
    return maxPromptTokens > abovePromptTokens;
  }
}
