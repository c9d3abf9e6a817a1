import { afterEach, beforeEach, expect, test } from 'vitest';
import { startFakeProvider } from '../../test/fake-provider.ts';
import type { FakeProvider } from '../../test/fake-provider.ts';
import { createProviderFactory } from './create-provider.ts';
import type { ModelProvider } from './model-provider.ts';
import { findProviderAccess } from './provider-settings.ts';
import type { ProviderKeys, ProviderSettings } from './provider-settings.ts';
import { resolveAnswerer } from './resolve-answerer.ts';

const NO_KEY = { apiKey: null, baseUrl: null };
const NO_KEYS: ProviderKeys = { openrouter: NO_KEY, together: NO_KEY, openai: NO_KEY, env: () => undefined };
const TIMEOUTS = { connectMs: 30_000, firstTokenMs: 30_000, betweenTokensMs: 30_000, totalMs: 30_000 };
const LOCAL: ModelProvider = {
  name: 'local',
  complete: () => Promise.reject(new Error('not asked in these tests')),
};

let fake: FakeProvider;
beforeEach(async () => {
  fake = await startFakeProvider();
});
afterEach(() => fake.close());

function settings(changes: Partial<ProviderSettings>): ProviderSettings {
  return { inferenceProvider: 'local', baseUrl: null, apiKeyEnv: null, timeouts: TIMEOUTS, ...changes };
}

test('sends each provider its own key at its own address', async () => {
  const keys: ProviderKeys = {
    openrouter: { apiKey: 'key-1', baseUrl: `${fake.baseUrl}/one` },
    together: { apiKey: 'key-2', baseUrl: `${fake.baseUrl}/two/` },
    openai: { apiKey: 'key-3', baseUrl: `${fake.baseUrl}/three` },
    env: (name) => (name === 'MY_KEY' ? 'key-4' : undefined),
  };
  const createProvider = createProviderFactory({ keys, local: LOCAL });
  const all = [
    settings({ inferenceProvider: 'openrouter' }),
    settings({ inferenceProvider: 'together' }),
    settings({ inferenceProvider: 'openai' }),
    settings({ inferenceProvider: 'openai_compatible', baseUrl: `${fake.baseUrl}/four`, apiKeyEnv: 'MY_KEY' }),
    settings({ inferenceProvider: 'openai_compatible', baseUrl: `${fake.baseUrl}/five` }),
  ];
  const request = { model: 'm', messages: [], temperature: 0, maxTokens: 9, passages: [], topics: [] };
  for (const one of all) await createProvider(one).complete(request, () => {}, new AbortController().signal);
  expect(fake.requests.map(({ path, headers }) => [path, headers.authorization])).toEqual([
    ['/v1/one/chat/completions', 'Bearer key-1'],
    ['/v1/two/chat/completions', 'Bearer key-2'],
    ['/v1/three/chat/completions', 'Bearer key-3'],
    ['/v1/four/chat/completions', 'Bearer key-4'],
    ['/v1/five/chat/completions', undefined],
  ]);
});

test('gives the same provider for the same settings, and another for another key, address or limit', () => {
  const environment: Record<string, string> = { KEY: 'one' };
  const createProvider = createProviderFactory({
    keys: { ...NO_KEYS, env: (name) => environment[name] },
    local: LOCAL,
  });
  const mine = settings({ inferenceProvider: 'openai_compatible', baseUrl: 'http://127.0.0.1:1/v1', apiKeyEnv: 'KEY' });
  const first = createProvider(mine);
  expect(createProvider({ ...mine })).toBe(first);
  expect(createProvider({ ...mine, baseUrl: 'http://127.0.0.1:2/v1' })).not.toBe(first);
  expect(createProvider({ ...mine, timeouts: { ...TIMEOUTS, totalMs: 1 } })).not.toBe(first);
  environment['KEY'] = 'two';
  expect(createProvider(mine)).not.toBe(first);
});

test('gives the local provider it was given', () => {
  expect(createProviderFactory({ keys: NO_KEYS, local: LOCAL })(settings({}))).toBe(LOCAL);
});

test.each([
  [settings({ inferenceProvider: 'openrouter' }), 'OPENROUTER_API_KEY is not set'],
  [settings({ inferenceProvider: 'together' }), 'TOGETHER_API_KEY is not set'],
  [settings({ inferenceProvider: 'openai' }), 'OPENAI_API_KEY is not set'],
  [settings({ inferenceProvider: 'openai_compatible' }), 'base_url is not set'],
  [
    settings({ inferenceProvider: 'openai_compatible', baseUrl: 'http://x/v1', apiKeyEnv: 'MY_KEY' }),
    'MY_KEY is not set',
  ],
])('says what is missing: %#', (incomplete, missing) => {
  const createProvider = createProviderFactory({ keys: NO_KEYS, local: LOCAL });
  expect(() => createProvider(incomplete)).toThrow(`${incomplete.inferenceProvider} cannot be asked: ${missing}.`);
  expect(resolveAnswerer(incomplete, NO_KEYS, 'local')).toEqual({ provider: 'local', reason: missing });
  expect(resolveAnswerer(incomplete, NO_KEYS, 'error')).toEqual({
    provider: incomplete.inferenceProvider,
    reason: missing,
  });
});

test('lets the configured provider answer when nothing is missing', () => {
  const keys = { ...NO_KEYS, openai: { apiKey: 'key', baseUrl: null } };
  expect(resolveAnswerer(settings({ inferenceProvider: 'openai' }), keys, 'local')).toEqual({
    provider: 'openai',
    reason: null,
  });
  expect(resolveAnswerer(settings({}), NO_KEYS, 'error')).toEqual({ provider: 'local', reason: null });
});

test.each([
  ['openrouter', 'https://openrouter.ai/api/v1'],
  ['together', 'https://api.together.xyz/v1'],
  ['openai', 'https://api.openai.com/v1'],
] as const)('finds %s at its public address unless told otherwise', (name, baseUrl) => {
  const keys = { ...NO_KEYS, [name]: { apiKey: 'key', baseUrl: null } };
  expect(findProviderAccess(settings({ inferenceProvider: name }), keys)).toEqual({ apiKey: 'key', baseUrl });
});
