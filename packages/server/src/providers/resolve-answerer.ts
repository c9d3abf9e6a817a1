import type { ProviderName } from '@salient/shared-types';
import { findProviderAccess } from './provider-settings.ts';
import type { ProviderKeys, ProviderSettings } from './provider-settings.ts';

/** Who really answers. */
export interface Answerer {
  provider: ProviderName;
  /** Why it is not the configured provider, or why that one cannot be asked. Null: all is as configured. */
  reason: string | null;
}

/**
 * Tells who answers an agent's visitors.
 *
 * @param whenKeyMissing `local`: the local provider stands in for one whose key is missing. `error`: it does not, and
 *   `createProvider` will throw
 */
export function resolveAnswerer(
  settings: ProviderSettings,
  keys: ProviderKeys,
  whenKeyMissing: 'local' | 'error',
): Answerer {
  const configured = settings.inferenceProvider;
  if (configured === 'local') return { provider: 'local', reason: null };
  const access = findProviderAccess(settings, keys);
  if (!('missing' in access)) return { provider: configured, reason: null };
  return { provider: whenKeyMissing === 'local' ? 'local' : configured, reason: access.missing };
}
