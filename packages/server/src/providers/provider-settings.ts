import type { ProviderName } from '@salient/shared-types';
import type { ProviderTimeouts } from './model-provider.ts';

/** What an agent's configuration says about who answers. */
export interface ProviderSettings {
  inferenceProvider: ProviderName;
  /** `openai_compatible` only, and required there. */
  baseUrl: string | null;
  /** `openai_compatible` only: the variable that holds its key. Null: none is sent, as local servers need none. */
  apiKeyEnv: string | null;
  timeouts: ProviderTimeouts;
}

export interface ProviderKey {
  apiKey: string | null;
  /** Null: the provider's public address. */
  baseUrl: string | null;
}

/** The environment's keys and addresses. */
export interface ProviderKeys {
  openrouter: ProviderKey;
  together: ProviderKey;
  openai: ProviderKey;
  /** Reads a variable that `apiKeyEnv` names. */
  env(name: string): string | undefined;
}

/** Public addresses, as their own documentation gives them (read 2026-11-21). */
const PUBLIC_BASE_URLS = {
  openrouter: 'https://openrouter.ai/api/v1',
  together: 'https://api.together.xyz/v1',
  openai: 'https://api.openai.com/v1',
} as const;

/** Where to send a call and with which key; or, as a sentence, what is missing. */
export type ProviderAccess = { baseUrl: string; apiKey: string | null } | { missing: string };

/** Finds address and key of a remote provider. */
export function findProviderAccess(settings: ProviderSettings, keys: ProviderKeys): ProviderAccess {
  const name = settings.inferenceProvider;
  if (name === 'local') throw new Error('The local provider needs no access.');
  if (name !== 'openai_compatible') {
    const { apiKey, baseUrl } = keys[name];
    if (apiKey === null) return { missing: `${name.toUpperCase()}_API_KEY is not set` };
    return { apiKey, baseUrl: baseUrl ?? PUBLIC_BASE_URLS[name] };
  }
  if (settings.baseUrl === null) return { missing: 'base_url is not set' };
  if (settings.apiKeyEnv === null) return { apiKey: null, baseUrl: settings.baseUrl };
  const apiKey = keys.env(settings.apiKeyEnv);
  return apiKey ? { apiKey, baseUrl: settings.baseUrl } : { missing: `${settings.apiKeyEnv} is not set` };
}
