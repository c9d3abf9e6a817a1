import { describe, expect, it } from 'vitest';
import { agentLayerSchema, type AgentLayer, type LayerName } from './agent-config.ts';
import { IncompleteConfigError, mergeLayers } from './merge-layers.ts';

const FALLBACK = { displayName: 'Row name', historyLimit: 50, systemPrompt: 'Be kind.' };
const NAMES = ['template', 'file', 'database'] as const satisfies LayerName[];

/** Every key that a layer may have, as one layer says it and as another does. */
const [LOW, HIGH] = [
  {
    agent_type: 'sales',
    display_name: 'Low',
    system_prompt: 'Low',
    llm: {
      inference_provider: 'openai',
      model: 'low',
      temperature: 0,
      max_tokens: 1,
      base_url: 'http://low.example/v1',
      api_key_env: 'LOW',
      timeout_seconds: 1,
      fallbacks: [{ inference_provider: 'openai', model: 'low' }],
    },
    tools: { vector_search: { enabled: false, max_results: 1 }, email_summary: { enabled: false } },
    knowledge: { include: ['low.md'] },
    context_management: { history_limit: 0 },
    widget: {
      title: 'Low',
      subtitle: 'Low',
      greeting: 'Low',
      placeholder: 'Low',
      starters: ['low', 'lower'],
      accent: '#000000',
      theme: 'light',
      position: 'top-left',
      radius: 0,
      density: 'comfortable',
      teaser: 'Low',
      preload: 'intent',
      logo: 'https://low.example/logo.png',
      avatar: 'https://low.example/avatar.png',
      texts: {
        limit_message: 'Low',
        budget_message: 'Low',
        offline_message: 'Low',
        unavailable_message: 'Low',
        note: 'Low',
      },
      consent: { text: 'Low', link: 'https://low.example' },
      image_hosts: ['low.example'],
    },
    allowed_origins: ['https://low.example'],
    rate_limits: {
      max_requests_per_minute: 1,
      max_tokens_per_hour: 1,
      max_agent_requests_per_minute: 1,
      max_agent_tokens_per_hour: 1,
    },
    budget: { monthly_usd: '1' },
    access: 'public',
    identity: { required: false },
    feature_flags: { enable_feedback: false },
  },
  {
    agent_type: 'rag',
    display_name: 'High',
    system_prompt: 'High',
    llm: {
      inference_provider: 'together',
      model: 'high',
      temperature: 2,
      max_tokens: 9,
      base_url: 'http://high.example/v1',
      api_key_env: 'HIGH',
      timeout_seconds: 9,
      fallbacks: [],
    },
    tools: { vector_search: { enabled: true, max_results: 9 }, email_summary: { enabled: true } },
    knowledge: { include: [] },
    context_management: { history_limit: 9 },
    widget: {
      title: 'High',
      subtitle: 'High',
      greeting: 'High',
      placeholder: 'High',
      starters: ['high'],
      accent: '#ffffff',
      theme: 'dark',
      position: 'top-right',
      radius: 9,
      density: 'compact',
      teaser: 'High',
      preload: 'idle',
      logo: 'https://high.example/logo.png',
      avatar: 'https://high.example/avatar.png',
      texts: {
        limit_message: 'High',
        budget_message: 'High',
        offline_message: 'High',
        unavailable_message: 'High',
        note: 'High',
      },
      consent: { text: 'High', link: 'https://high.example' },
      image_hosts: [],
    },
    allowed_origins: [],
    rate_limits: {
      max_requests_per_minute: 9,
      max_tokens_per_hour: 9,
      max_agent_requests_per_minute: 9,
      max_agent_tokens_per_hour: 9,
    },
    budget: { monthly_usd: '9' },
    access: 'private',
    identity: { required: true },
    feature_flags: { enable_feedback: true },
  },
] as const satisfies AgentLayer[] as unknown as [AgentLayer, AgentLayer];

/** Keys that are accepted and have no part in the merged configuration yet. */
const NOT_MERGED = new Set(['tools.email_summary.enabled']);

describe('mergeLayers', () => {
  it('knows every key of a layer here', () => {
    expect(Object.keys(agentLayerSchema.shape).filter((key) => !(key in LOW))).toEqual(['account', 'instance_name']);
  });

  it.each(leavesOf(LOW).filter((key) => !NOT_MERGED.has(key)))('takes %s from the highest layer', (key) => {
    const onlyLow = merge({ template: LOW });
    const withHigh = merge({ template: LOW, file: pick(HIGH, key) });
    const allHigh = merge({ template: HIGH });
    const changed = leavesOf(onlyLow).filter((leaf) => read(onlyLow, leaf) !== read(withHigh, leaf));
    // Its own place changed to what the high layer says; nothing else did, but what names the source.
    const own = changed.filter((leaf) => !leaf.startsWith('sources.'));
    expect(own.length, `${key} reaches the configuration`).toBeGreaterThan(0);
    for (const leaf of own) expect(read(withHigh, leaf)).toEqual(read(allHigh, leaf));
    expect(new Set(own.map((leaf) => leaf.split('.')[0])).size).toBe(1);

    // The database is over the file, and the file over the template, whatever the two say.
    expect(merge({ file: LOW, database: pick(HIGH, key) })).toMatchObject(withoutSources(withHigh));
    expect(merge({ template: HIGH, file: LOW })).toMatchObject(withoutSources(onlyLow));
  });

  it('remembers which layer gave each model setting', () => {
    expect(merge({}).sources).toEqual({
      inference_provider: 'default',
      model: 'default',
      temperature: 'default',
      max_tokens: 'default',
      history_limit: 'default',
    });
    const config = merge({
      template: { llm: { temperature: 0.1, max_tokens: 100 }, context_management: { history_limit: 5 } },
      file: { llm: { inference_provider: 'openai', model: 'm', max_tokens: 200 } },
      database: { llm: { temperature: 0 } },
    });
    expect(config.sources).toEqual({
      inference_provider: 'file',
      model: 'file',
      temperature: 'database',
      max_tokens: 'file',
      history_limit: 'template',
    });
    expect(config.llm).toMatchObject({ inferenceProvider: 'openai', model: 'm', temperature: 0, maxTokens: 200 });
    expect(config.historyLimit).toBe(5);
  });

  it('replaces lists whole and merges flags by name', () => {
    const config = merge({
      file: { widget: { starters: ['a', 'b'] }, feature_flags: { one: true, two: true } },
      database: { widget: { starters: [] }, feature_flags: { two: false } },
    });
    expect(config.widget.starters).toEqual([]);
    expect(config.featureFlags).toEqual({ one: true, two: false });
  });

  it('fills what no layer says', () => {
    expect(merge({})).toMatchInlineSnapshot(`
      {
        "access": "public",
        "agentType": "simple_chat",
        "allowedOrigins": [],
        "budget": {
          "dailyUsd": null,
          "fallbackModel": null,
          "monthlyUsd": null,
          "visitorDailyUsd": null,
        },
        "displayName": "Row name",
        "featureFlags": {},
        "historyLimit": 50,
        "identityRequired": false,
        "knowledgeInclude": [],
        "llm": {
          "apiKeyEnv": null,
          "baseUrl": null,
          "contextWindow": null,
          "fallbacks": [],
          "inferenceProvider": "local",
          "maxTokens": 1000,
          "model": "local",
          "temperature": 0.3,
          "timeoutsMs": {
            "betweenTokens": null,
            "connect": null,
            "firstToken": null,
            "total": null,
            "turn": null,
          },
        },
        "rateLimits": {
          "maxAgentRequestsPerMinute": null,
          "maxAgentTokensPerHour": null,
          "maxRequestsPerMinute": null,
          "maxTokensPerHour": null,
        },
        "sources": {
          "history_limit": "default",
          "inference_provider": "default",
          "max_tokens": "default",
          "model": "default",
          "temperature": "default",
        },
        "systemPrompt": "Be kind.",
        "vectorSearch": {
          "enabled": true,
          "maxResults": 5,
        },
        "widget": {
          "accent": "#0b5fff",
          "avatar": null,
          "consent": null,
          "density": "comfortable",
          "greeting": "Hello! How can I help you?",
          "imageHosts": [],
          "label": null,
          "logo": null,
          "placeholder": null,
          "position": "bottom-right",
          "preload": "intent",
          "radius": 16,
          "starters": [],
          "subtitle": null,
          "teaser": null,
          "texts": {},
          "theme": "auto",
          "title": "Row name",
        },
      }
    `);
  });

  it('takes the title from the display name, and both from the row in the end', () => {
    expect(merge({ file: { display_name: 'File name' } }).widget.title).toBe('File name');
    expect(merge({}).widget.title).toBe('Row name');
  });

  it('names what it cannot make up', () => {
    const remote = { llm: { inference_provider: 'openai' } } as const;
    expect(() => merge({ file: remote })).toThrow(IncompleteConfigError);
    expect(() => merge({ file: remote })).toThrowErrorMatchingInlineSnapshot(
      `[IncompleteConfigError: llm.model: required, and neither the template, the file nor the row gives it]`,
    );
    const own = { llm: { inference_provider: 'openai_compatible', model: 'm' } } as const;
    expect(() => merge({ file: own })).toThrowErrorMatchingInlineSnapshot(
      `[IncompleteConfigError: llm.base_url: required, and neither the template, the file nor the row gives it]`,
    );
    expect(() => mergeLayers([], FALLBACK)).toThrowErrorMatchingInlineSnapshot(
      `[IncompleteConfigError: agent_type: required, and neither the template, the file nor the row gives it]`,
    );
  });

  it('changes no layer', () => {
    const file = Object.freeze({ llm: Object.freeze({ temperature: 1 }), feature_flags: Object.freeze({ one: true }) });
    merge({ template: LOW, file, database: HIGH });
    expect(file).toEqual({ llm: { temperature: 1 }, feature_flags: { one: true } });
  });
});

function merge(layers: Partial<Record<(typeof NAMES)[number], AgentLayer>>) {
  const given = NAMES.map((name) => ({ name, layer: layers[name] ?? {} }));
  return mergeLayers([{ name: 'default', layer: { agent_type: 'simple_chat' } }, ...given], FALLBACK);
}

/** Paths of everything that is not an object itself. */
function leavesOf(value: object, prefix = ''): string[] {
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? leavesOf(inner, `${prefix}${key}.`)
      : [`${prefix}${key}`],
  );
}

function read(value: object, leaf: string): unknown {
  const found = leaf.split('.').reduce<unknown>((inner, key) => (inner as Record<string, unknown>)[key], value);
  return Array.isArray(found) ? JSON.stringify(found) : found;
}

/** A layer that says one key only. */
function pick(layer: AgentLayer, leaf: string): AgentLayer {
  const value = leaf.split('.').reduce<unknown>((inner, key) => (inner as Record<string, unknown>)[key], layer);
  return leaf.split('.').reduceRight<unknown>((inner, key) => ({ [key]: inner }), value) as AgentLayer;
}

function withoutSources({ sources: _, ...config }: ReturnType<typeof mergeLayers>) {
  return config;
}
