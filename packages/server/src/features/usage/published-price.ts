import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { calcPrice } from '@pydantic/genai-prices';
import type { ModelPrice } from '@pydantic/genai-prices';
import { readUnitPrice, toFlatRate } from './price.ts';
import type { Price, Rate } from './price.ts';

type PublishedRate = ModelPrice[string];

/** Their name for a provider of ours. A compatible server sets its own prices, whatever its models are called. */
const PUBLISHED_PROVIDERS: Readonly<Record<string, string>> = {
  openrouter: 'openrouter',
  together: 'together',
  openai: 'openai',
};

const PACKAGE = '@pydantic/genai-prices';
const SOURCE = `${PACKAGE} ${readVersion()}`;

export function publishedProviderOf(provider: string): string | undefined {
  return PUBLISHED_PROVIDERS[provider];
}

/**
 * Looks a price up in the data that comes with `@pydantic/genai-prices`; asks no network.
 *
 * @returns null when it is not known for certain, also for a price of nothing at all
 */
export function findPublishedPrice(provider: string, model: string, at: Date): Price | null {
  const providerId = publishedProviderOf(provider);
  if (providerId === undefined || isRouterAlias(model)) return null;
  // Asked for the rates in force, not for a sum: their arithmetic is binary.
  const rates = calcPrice({}, model, { providerId, timestamp: at })?.model_price;
  return rates ? toPrice(rates) : null;
}

/** Reads published rates. Null when they are missing, negative, absurd or nothing at all, or when tokens are not all that is paid for. */
export function toPrice(rates: ModelPrice): Price | null {
  // A fee per request cannot be said in tokens, and leaving it out would make the bill too low.
  if (rates['requests_kcount'] !== undefined) return null;
  const input = toRate(rates['input_mtok']);
  const output = toRate(rates['output_mtok']);
  if (!input || !output || (input.base.isZero() && output.base.isZero())) return null;
  const cachedInput = toOptionalRate(rates['cache_read_mtok'], input);
  const reasoning = toOptionalRate(rates['output_reasoning_mtok'], output);
  return cachedInput && reasoning && { input, cachedInput, output, reasoning, source: SOURCE };
}

/** Names that stand for whatever model the router chooses that day. */
function isRouterAlias(model: string): boolean {
  return /^(openrouter\/|~)/i.test(model.trim());
}

function toOptionalRate(published: PublishedRate, otherwise: Rate): Rate | null {
  return published === undefined ? otherwise : toRate(published);
}

function toRate(published: PublishedRate): Rate | null {
  if (published === undefined) return null;
  if (typeof published === 'number') return toFlatRate(published);
  const base = readUnitPrice(published.base);
  const tiers = published.tiers.map(({ start, price }) => ({ abovePromptTokens: start, price: readUnitPrice(price) }));
  if (!base || !tiers.every((tier): tier is Rate['tiers'][number] => tier.price !== null)) return null;
  return { base, tiers: tiers.sort((one, other) => one.abovePromptTokens - other.abovePromptTokens) };
}

/** The package exports only its code, so its own file is found beside that. */
function readVersion(): string {
  const code = createRequire(import.meta.url).resolve(PACKAGE);
  const file = path.join(path.dirname(code), '../package.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
