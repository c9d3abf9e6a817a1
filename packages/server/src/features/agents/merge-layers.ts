import type { ProviderName } from '@salient/shared-types';
import type { AgentConfig, AgentLayer, LayerName, ModelChoice } from './agent-config.ts';
import { DEFAULTS } from './default-layer.ts';

export interface NamedLayer {
  name: LayerName;
  layer: AgentLayer;
}

/** A configuration that is complete in no layer. */
export class IncompleteConfigError extends Error {
  override readonly name = 'IncompleteConfigError';
}

/**
 * Lays the layers over each other, key by key (lists and starters whole), fills what none of them says, and remembers
 * where the model settings came from.
 *
 * @throws {IncompleteConfigError} naming the key that no layer gives and no default can
 */
export function mergeLayers(
  layers: readonly NamedLayer[],
  fallback: { displayName: string; historyLimit: number; systemPrompt: string },
): AgentConfig {
  const merged = layers.reduce<AgentLayer>((below, { layer }) => mergeOver(below, layer), {});
  const { llm, tools, widget } = merged;

  const agentType = merged.agent_type ?? missing('agent_type');
  const displayName = merged.display_name ?? fallback.displayName;
  const inferenceProvider = llm?.inference_provider ?? DEFAULTS.llm.inference_provider;
  if (inferenceProvider === 'openai_compatible' && !llm?.base_url) missing('llm.base_url');

  return {
    agentType,
    displayName,
    systemPrompt: merged.system_prompt ?? fallback.systemPrompt,
    llm: {
      inferenceProvider,
      model: llm?.model ?? (inferenceProvider === 'local' ? 'local' : missing('llm.model')),
      temperature: llm?.temperature ?? DEFAULTS.llm.temperature,
      maxTokens: llm?.max_tokens ?? DEFAULTS.llm.max_tokens,
      baseUrl: llm?.base_url ?? null,
      apiKeyEnv: llm?.api_key_env ?? null,
      timeoutsMs: {
        connect: llm?.timeouts_ms?.connect ?? null,
        firstToken: llm?.timeouts_ms?.first_token ?? null,
        betweenTokens: llm?.timeouts_ms?.between_tokens ?? null,
        total: llm?.timeout_seconds === undefined ? null : llm.timeout_seconds * 1000,
        turn: llm?.timeouts_ms?.turn ?? null,
      },
      contextWindow: llm?.context_window ?? null,
      fallbacks: (llm?.fallbacks ?? []).map(toModelChoice),
    },
    vectorSearch: {
      enabled: tools?.vector_search?.enabled ?? DEFAULTS.tools.vector_search.enabled,
      maxResults: tools?.vector_search?.max_results ?? DEFAULTS.tools.vector_search.max_results,
    },
    knowledgeInclude: merged.knowledge?.include ?? [],
    historyLimit: merged.context_management?.history_limit ?? fallback.historyLimit,
    widget: {
      title: widget?.title ?? displayName,
      subtitle: widget?.subtitle ?? null,
      greeting: widget?.greeting ?? DEFAULTS.widget.greeting,
      placeholder: widget?.placeholder ?? null,
      starters: widget?.starters ?? DEFAULTS.widget.starters,
      accent: widget?.accent ?? DEFAULTS.widget.accent,
      theme: widget?.theme ?? DEFAULTS.widget.theme,
      position: widget?.position ?? DEFAULTS.widget.position,
      radius: widget?.radius ?? DEFAULTS.widget.radius,
      density: widget?.density ?? DEFAULTS.widget.density,
      label: widget?.label ?? null,
      teaser: widget?.teaser ?? null,
      preload: widget?.preload ?? 'intent',
      logo: widget?.logo ?? null,
      avatar: widget?.avatar ?? null,
      texts: widget?.texts ?? {},
      consent: widget?.consent?.text ? { text: widget.consent.text, link: widget.consent.link ?? null } : null,
      imageHosts: widget?.image_hosts ?? DEFAULTS.widget.image_hosts,
    },
    allowedOrigins: merged.allowed_origins ?? DEFAULTS.allowed_origins,
    rateLimits: {
      maxRequestsPerMinute: merged.rate_limits?.max_requests_per_minute ?? null,
      maxTokensPerHour: merged.rate_limits?.max_tokens_per_hour ?? null,
      maxAgentRequestsPerMinute: merged.rate_limits?.max_agent_requests_per_minute ?? null,
      maxAgentTokensPerHour: merged.rate_limits?.max_agent_tokens_per_hour ?? null,
    },
    budget: {
      monthlyUsd: merged.budget?.monthly_usd ?? null,
      dailyUsd: merged.budget?.daily_usd ?? null,
      visitorDailyUsd: merged.budget?.visitor_daily_usd ?? null,
      fallbackModel: merged.budget?.fallback_model ? toModelChoice(merged.budget.fallback_model) : null,
    },
    featureFlags: merged.feature_flags ?? {},
    access: merged.access ?? 'public',
    identityRequired: merged.identity?.required ?? false,
    sources: {
      inference_provider: sourceOf((layer) => layer.llm?.inference_provider),
      model: sourceOf((layer) => layer.llm?.model),
      temperature: sourceOf((layer) => layer.llm?.temperature),
      max_tokens: sourceOf((layer) => layer.llm?.max_tokens),
      history_limit: sourceOf((layer) => layer.context_management?.history_limit),
    },
  };

  function sourceOf(read: (layer: AgentLayer) => unknown): LayerName {
    return layers.findLast(({ layer }) => read(layer) !== undefined)?.name ?? 'default';
  }
}

function toModelChoice(choice: { inference_provider: ProviderName; model: string }): ModelChoice {
  return { inferenceProvider: choice.inference_provider, model: choice.model };
}

function missing(key: string): never {
  throw new IncompleteConfigError(`${key}: required, and neither the template, the file nor the row gives it`);
}

function mergeOver<T>(below: T, above: T): T {
  if (!isRecord(below) || !isRecord(above)) return above === undefined ? below : above;
  const merged: Record<string, unknown> = { ...below };
  for (const [key, value] of Object.entries(above)) merged[key] = mergeOver(merged[key], value);
  return merged as T;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
