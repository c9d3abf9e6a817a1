import type { ProviderName } from '@salient/shared-types';
import type { PriceList } from './price-list.ts';

/** A model as an agent's configuration names it. */
interface ChosenModel {
  inferenceProvider: ProviderName;
  model: string;
}

/**
 * Those of an agent's models whose price nobody knows: not published, misspelt, a router's alias, or published with a price
 * that cannot be right. Their calls cost what the provider reports, else nothing that is known.
 *
 * @returns as `provider model`
 */
export function unpricedModels(models: readonly ChosenModel[], prices: PriceList): string[] {
  const at = new Date();
  return models
    .filter(({ inferenceProvider }) => inferenceProvider !== 'local')
    .filter(({ inferenceProvider: provider, model }) => !prices.findPrice({ provider, model, at }))
    .map(({ inferenceProvider, model }) => `${inferenceProvider} ${model}`);
}
