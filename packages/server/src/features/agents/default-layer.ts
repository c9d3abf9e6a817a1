import type { AgentLayer } from './agent-config.ts';

/** What holds where no layer says anything, as a layer would say it. */
export const DEFAULTS = {
  llm: { inference_provider: 'local', temperature: 0.3, max_tokens: 1000, fallbacks: [] },
  tools: { vector_search: { enabled: true, max_results: 5 } },
  widget: {
    greeting: 'Hello! How can I help you?',
    starters: [],
    accent: '#0b5fff',
    theme: 'auto',
    position: 'bottom-right',
    radius: 16,
    density: 'comfortable',
    image_hosts: [],
  },
  allowed_origins: [],
} satisfies AgentLayer;
