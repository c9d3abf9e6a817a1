import { isOperatorKey, type LayerName } from './agent-config.ts';
import type { AgentFolders } from './agent-files.ts';
import { DEFAULTS } from './default-layer.ts';
import { flattenLayer } from './flatten-layer.ts';
import { fallbackOf, readLayers, type AgentRow } from './load-agent.ts';
import { mergeLayers } from './merge-layers.ts';

/** Every setting in force, by key, with the layer that gives it. */
export type AgentSettings = Record<string, { value: unknown; source: LayerName }>;

/**
 * What an agent of that row is, key by key, without what belongs to whoever runs the server.
 *
 * @throws {IncompleteConfigError} where the layers do not make an agent
 */
export async function describeSettings(
  row: AgentRow,
  folders: AgentFolders,
  defaultHistoryLimit: number,
): Promise<AgentSettings> {
  const { layers } = await readLayers(row, folders);
  const fallback = fallbackOf(row, defaultHistoryLimit);
  const config = mergeLayers(layers, fallback);
  const lowest = {
    ...DEFAULTS,
    display_name: fallback.displayName,
    system_prompt: fallback.systemPrompt,
    llm: { ...DEFAULTS.llm, model: config.llm.model },
    context_management: { history_limit: fallback.historyLimit },
    widget: { ...DEFAULTS.widget, title: config.widget.title },
  };
  const settings: AgentSettings = {};
  for (const { name, layer } of [{ name: 'default' as const, layer: lowest }, ...layers]) {
    for (const [key, value] of flattenLayer(layer)) {
      if (!isOperatorKey(key)) settings[key] = { value, source: name };
    }
  }
  return settings;
}
