import type { Config } from '../../config.ts';
import type { CreateProvider, ProviderKeys, ProviderSettings } from '../../providers/index.ts';
import { resolveAnswerer, type Answerer } from '../../providers/index.ts';
import type { ModelProvider, ProviderTimeouts } from '../../providers/model-provider.ts';
import type { AgentConfig, ModelChoice } from '../agents/index.ts';

/** A provider ready to be asked for a model. */
export interface ReadyModel {
  provider: ModelProvider;
  model: string;
}

export interface ModelChoices {
  /** Who answers an agent's visitors. */
  answererOf: (config: AgentConfig) => Answerer & { model: string };
  /** The agent's model and its fallbacks, in order, without those whose key is missing. May be empty. */
  readyModels: (config: AgentConfig) => ReadyModel[];
  /** The model that takes over when a budget runs low; null when none is configured, or its key is missing. */
  budgetModel: (config: AgentConfig) => ReadyModel | null;
  /** Limit of a whole turn: every call, every fallback. Never shorter than what the agent allows one call. */
  turnTimeoutMs: (config: AgentConfig) => number;
}

export function createModelChoices(
  config: Pick<Config, 'whenKeyMissing' | 'app'>,
  keys: ProviderKeys,
  createProvider: CreateProvider,
): ModelChoices {
  const { timeouts_ms: limits } = config.app.llm;
  return {
    answererOf(agent) {
      const answerer = resolveAnswerer(settingsOf(agent, agent.llm), keys, config.whenKeyMissing);
      return { ...answerer, model: answerer.provider === 'local' ? 'local' : agent.llm.model };
    },

    readyModels(agent) {
      const choices = [agent.llm, ...agent.llm.fallbacks];
      const remote = choices.flatMap((choice) => readyModel(agent, choice) ?? []);
      if (remote.length > 0 || config.whenKeyMissing === 'error') return remote;
      return [
        { provider: createProvider(settingsOf(agent, { inferenceProvider: 'local', model: 'local' })), model: 'local' },
      ];
    },

    budgetModel: (agent) => agent.budget.fallbackModel && readyModel(agent, agent.budget.fallbackModel),

    turnTimeoutMs({ llm: { timeoutsMs } }) {
      return timeoutsMs.turn ?? Math.max(limits.turn, timeoutsMs.total ?? 0);
    },
  };

  /** Null when its key is missing. */
  function readyModel(agent: AgentConfig, choice: ModelChoice): ReadyModel | null {
    const settings = settingsOf(agent, choice);
    const { reason } = resolveAnswerer(settings, keys, 'error');
    return reason === null ? { provider: createProvider(settings), model: modelOf(choice) } : null;
  }

  function settingsOf(agent: AgentConfig, choice: ModelChoice): ProviderSettings {
    const timeouts: ProviderTimeouts = {
      connectMs: agent.llm.timeoutsMs.connect ?? limits.connect,
      firstTokenMs: agent.llm.timeoutsMs.firstToken ?? limits.first_token,
      betweenTokensMs: agent.llm.timeoutsMs.betweenTokens ?? limits.between_tokens,
      totalMs: agent.llm.timeoutsMs.total ?? limits.total,
    };
    return {
      inferenceProvider: choice.inferenceProvider,
      baseUrl: agent.llm.baseUrl,
      apiKeyEnv: agent.llm.apiKeyEnv,
      timeouts,
    };
  }
}

function modelOf(choice: ModelChoice): string {
  return choice.inferenceProvider === 'local' ? 'local' : choice.model;
}
