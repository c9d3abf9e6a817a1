export { createProviderFactory, type CreateProvider } from './create-provider.ts';
export { createLocalProvider } from './local.ts';
export type { ProviderKeys, ProviderSettings } from './provider-settings.ts';
export { resolveAnswerer, type Answerer } from './resolve-answerer.ts';
