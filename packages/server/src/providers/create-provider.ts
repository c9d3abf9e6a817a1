import { LRUCache } from 'lru-cache';
import { createHttpTransport } from './http-transport.ts';
import type { ModelProvider } from './model-provider.ts';
import { createOpenAiCompatible } from './openai-compatible.ts';
import { findProviderAccess } from './provider-settings.ts';
import type { ProviderKeys, ProviderSettings } from './provider-settings.ts';

/** More than the providers, keys and limits one process meets between two restarts. */
const MAX_PROVIDERS = 200;

export interface ProviderFactoryOptions {
  keys: ProviderKeys;
  /** Answers for agents whose provider is `local`. */
  local: ModelProvider;
}

/**
 * Gives the provider that an agent's settings name. The same settings give the same provider, so a turn does not pay for a client.
 *
 * @throws {Error} with a plain sentence when the key or the address is missing
 */
export type CreateProvider = (settings: ProviderSettings) => ModelProvider;

/** Makes the one factory of a process. */
export function createProviderFactory({ keys, local }: ProviderFactoryOptions): CreateProvider {
  const transport = createHttpTransport();
  const providers = new LRUCache<string, ModelProvider>({ max: MAX_PROVIDERS });

  return (settings) => {
    const { inferenceProvider: name, timeouts } = settings;
    if (name === 'local') return local;
    const access = findProviderAccess(settings, keys);
    if ('missing' in access) throw new Error(`${name} cannot be asked: ${access.missing}.`);

    const identity = JSON.stringify([name, access, timeouts]);
    const known = providers.get(identity);
    if (known) return known;
    const provider = createOpenAiCompatible({ name, ...access, timeouts, transport });
    providers.set(identity, provider);
    return provider;
  };
}
