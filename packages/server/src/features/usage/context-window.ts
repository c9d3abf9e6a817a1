import { calcPrice } from '@pydantic/genai-prices';
import { publishedProviderOf } from './published-price.ts';

/** For models whose window nobody has published: small enough for nearly all in use. */
const DEFAULT_CONTEXT_WINDOW = 32_000;

/** How many tokens prompt and answer of a model may have together. `local` reads only the question. */
export function contextWindowOf(provider: string, model: string): number {
  if (provider === 'local') return Number.POSITIVE_INFINITY;
  const providerId = publishedProviderOf(provider);
  const known = providerId && calcPrice({}, model, { providerId })?.model.context_window;
  return known || DEFAULT_CONTEXT_WINDOW;
}
