import type { AgentConfig } from '../agents/index.ts';
import { contextWindowOf } from '../usage/index.ts';
import type { ReadyModel } from './model-choices.ts';

/** An estimate may be short by about this share. */
const MARGIN = 0.1;

/** How many tokens a prompt may have, so that every model that may be asked still has room for its answer. */
export function promptRoom(models: readonly ReadyModel[], config: AgentConfig): number {
  const smallest = Math.min(...models.map((ready) => windowOf(ready, config.llm)));
  return smallest * (1 - MARGIN) - Math.min(config.llm.maxTokens, smallest / 2);
}

function windowOf({ provider, model }: ReadyModel, own: AgentConfig['llm']): number {
  const isOwn = provider.name === own.inferenceProvider && model === own.model;
  return (isOwn ? own.contextWindow : null) ?? contextWindowOf(provider.name, model);
}
