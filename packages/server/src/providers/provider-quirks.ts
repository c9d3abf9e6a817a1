import type { ProviderName } from '@salient/shared-types';

export type RemoteProviderName = Exclude<ProviderName, 'local'>;

/** Where a provider differs from the common chat-completions wire. */
export interface ProviderQuirks {
  /** Headers sent with every request. */
  headers: Readonly<Record<string, string>>;
  /** The parameter that limits the answer's length. */
  maxTokensParameter: 'max_tokens' | 'max_completion_tokens';
  /** Parameters added to every request body. */
  body: Readonly<Record<string, unknown>>;
}

const COMMON: ProviderQuirks = { headers: {}, maxTokensParameter: 'max_tokens', body: {} };

export const PROVIDER_QUIRKS: Readonly<Record<RemoteProviderName, ProviderQuirks>> = {
  openrouter: {
    ...COMMON,
    // How OpenRouter names an application in its lists: openrouter.ai/docs/app-attribution.
    headers: { 'X-Title': 'Salient' },
    // Without it the reply has no cost: openrouter.ai/docs/use-cases/usage-accounting.
    body: { usage: { include: true } },
  },
  together: COMMON,
  // Newer models refuse `max_tokens`: platform.openai.com/docs/api-reference/chat/create.
  openai: { ...COMMON, maxTokensParameter: 'max_completion_tokens' },
  openai_compatible: COMMON,
};
