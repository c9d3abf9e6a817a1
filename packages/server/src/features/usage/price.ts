import { Decimal, USD_LIMIT } from './money.ts';

/** US dollars per million tokens. */
export interface Rate {
  base: Decimal;
  /** Replaces `base` for the whole request when its prompt is longer. Shortest first. */
  tiers: readonly { abovePromptTokens: number; price: Decimal }[];
}

/** What a model costs. */
export interface Price {
  input: Rate;
  /** Prompt tokens read from the provider's cache. */
  cachedInput: Rate;
  output: Rate;
  /** Output tokens spent on reasoning. */
  reasoning: Rate;
  /** The list it was read from, and its version, as the ledger keeps it. */
  source: string;
}

/** Makes a rate that does not depend on the prompt's length. Null when no sane price reads like that. */
export function toFlatRate(perMillion: number | string): Rate | null {
  const base = readUnitPrice(perMillion);
  return base && { base, tiers: [] };
}

/** Reads a price. Null when it is negative, not a number, or too large for the ledger to hold. */
export function readUnitPrice(perMillion: number | string): Decimal | null {
  const price = new Decimal(perMillion);
  return price.isFinite() && !price.isNegative() && price.lt(USD_LIMIT) ? price : null;
}

/** The price per million tokens that applies to a prompt of this length. */
export function rateFor(rate: Rate, promptTokens: number): Decimal {
  return rate.tiers.findLast(({ abovePromptTokens }) => promptTokens > abovePromptTokens)?.price ?? rate.base;
}
