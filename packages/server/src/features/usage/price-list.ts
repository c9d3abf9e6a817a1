import { Decimal } from './money.ts';
import type { OwnPrice } from './parse-pricing.ts';
import { toFlatRate } from './price.ts';
import type { Price } from './price.ts';
import { findPublishedPrice } from './published-price.ts';

export interface PriceQuery {
  provider: string;
  model: string;
  /** When the request was made. */
  at: Date;
}

/** What budgets count where no price is known: US dollars per million tokens. */
export interface PriceCeiling {
  prompt: string;
  completion: string;
}

export interface PriceList {
  /** Null when no price is known: never a guess, never 0. */
  findPrice(query: PriceQuery): Price | null;
  readonly ceiling: PriceCeiling;
}

const NOTHING = { base: new Decimal(0), tiers: [] };
const FREE: Price = { input: NOTHING, cachedInput: NOTHING, output: NOTHING, reasoning: NOTHING, source: 'local' };

/**
 * Makes the price list: the published prices first, then our own.
 *
 * @param ownPrices from `parsePricing`
 */
export function createPriceList(ownPrices: readonly OwnPrice[], ceiling: PriceCeiling): PriceList {
  return {
    ceiling,
    findPrice(query) {
      // It answers from the agent's own knowledge and asks nobody.
      if (query.provider === 'local') return query.model === 'local' ? FREE : null;
      return findPublishedPrice(query.provider, query.model, query.at) ?? findOwnPrice(ownPrices, query);
    },
  };
}

/** The newest price that had been read by then. */
function findOwnPrice(ownPrices: readonly OwnPrice[], { provider, model, at }: PriceQuery): Price | null {
  const day = at.toISOString().slice(0, 10);
  const [newest] = ownPrices
    .filter((own) => own.provider === provider && own.model === model && own.read_on <= day)
    .sort((one, other) => other.read_on.localeCompare(one.read_on));
  if (!newest) return null;
  const input = toFlatRate(newest.input);
  const cachedInput = toFlatRate(newest.cached_input ?? newest.input);
  const output = toFlatRate(newest.output);
  const source = `config/pricing.yaml ${newest.read_on}`;
  return input && cachedInput && output && { input, cachedInput, output, reasoning: output, source };
}
