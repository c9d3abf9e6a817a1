import type { AgentConfig, AgentLayer, LayerName } from './agent-config.ts';

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
  const inferenceProvider = llm?.inference_provider ?? 'local';
  if (inferenceProvider === 'openai_compatible' && !llm?.base_url) missing('llm.base_url');

  return {
    agentType,
    displayName,
    systemPrompt: fallback.systemPrompt,
    llm: {
      inferenceProvider,
      model: llm?.model ?? (inferenceProvider === 'local' ? 'local' : missing('llm.model')),
      temperature: llm?.temperature ?? 0.3,
      maxTokens: llm?.max_tokens ?? 1000,
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
      fallbacks: (llm?.fallbacks ?? []).map((choice) => ({
        inferenceProvider: choice.inference_provider,
        model: choice.model,
      })),
    },
    vectorSearch: {
      enabled: tools?.vector_search?.enabled ?? true,
      maxResults: tools?.vector_search?.max_results ?? 5,
    },
    knowledgeInclude: merged.knowledge?.include ?? [],
    historyLimit: merged.context_management?.history_limit ?? fallback.historyLimit,
    widget: {
      title: widget?.title ?? displayName,
      subtitle: widget?.subtitle ?? null,
      greeting: widget?.greeting ?? 'Hello! How can I help you?',
      placeholder: widget?.placeholder ?? null,
      starters: widget?.starters ?? [],
      accent: widget?.accent ?? '#0b5fff',
      theme: widget?.theme ?? 'auto',
      position: widget?.position ?? 'bottom-right',
      radius: widget?.radius ?? 16,
      density: widget?.density ?? 'comfortable',
      teaser: widget?.teaser ?? null,
      logo: widget?.logo ?? null,
      avatar: widget?.avatar ?? null,
      texts: widget?.texts ?? {},
      consent: widget?.consent?.text ? { text: widget.consent.text, link: widget.consent.link ?? null } : null,
      imageHosts: widget?.image_hosts ?? [],
    },
    allowedOrigins: merged.allowed_origins ?? [],
    rateLimits: {
      maxRequestsPerMinute: merged.rate_limits?.max_requests_per_minute ?? null,
      maxTokensPerHour: merged.rate_limits?.max_tokens_per_hour ?? null,
      maxAgentRequestsPerMinute: merged.rate_limits?.max_agent_requests_per_minute ?? null,
      maxAgentTokensPerHour: merged.rate_limits?.max_agent_tokens_per_hour ?? null,
    },
    monthlyBudgetUsd: merged.budget?.monthly_usd ?? null,
    featureFlags: merged.feature_flags ?? {},
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
