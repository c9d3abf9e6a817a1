// The ways of asking: the model provider's own, which the relays pass through, and Salient's.

/**
 * What was read of an answer.
 *
 * @typedef {object} Heard
 * @property {number} tokens
 * @property {number} events that brought text
 * @property {number} ends
 * @property {{ prompt_tokens: number, completion_tokens: number } | null} usage
 * @property {string | null} problem what the server said went wrong
 * @property {string | null} turnId
 * @property {string | null} messageId of the stored answer
 */

/**
 * @typedef {object} Wire
 * @property {(model: string) => string} path
 * @property {(model: string) => object} body
 * @property {(heard: Heard, event: string, data: string) => string} hear takes one event, gives its text
 */

const QUESTION = 'What is your return policy?';

/** @type {Wire} */
export const chatCompletions = {
  path: () => '/v1/chat/completions',
  body: (model) => ({
    model,
    messages: [{ role: 'user', content: QUESTION }],
    stream: true,
    stream_options: { include_usage: true },
  }),
  hear(heard, _event, data) {
    if (data === '[DONE]') {
      heard.ends += 1;
      return '';
    }
    const { choices, usage } = JSON.parse(data);
    heard.usage = usage ?? heard.usage;
    return choices[0]?.delta.content ?? '';
  },
};

/**
 * The same, of a tenant.
 *
 * @type {Wire}
 */
export const tenantCompletions = { ...chatCompletions, path: () => '/accounts/bench/v1/chat/completions' };

/**
 * Agents are named after their model.
 *
 * @type {Wire}
 */
export const salient = {
  path: (model) => `/accounts/bench/agents/${agentOf(model)}/stream`,
  body: () => ({ message: QUESTION }),
  hear(heard, event, data) {
    if (event === 'message') return data;
    if (event === 'turn') {
      const { turn_id, message_id } = JSON.parse(data);
      heard.turnId = turn_id;
      heard.messageId = message_id;
    } else if (event === 'error') {
      heard.problem = data;
    } else if (event === 'done') {
      const { status, usage } = JSON.parse(data);
      heard.ends += 1;
      heard.usage = usage;
      if (status !== 'complete') heard.problem ??= `ended as ${status}`;
    }
    return '';
  },
};

/**
 * Agents that search their knowledge before they ask their model.
 *
 * @type {Wire}
 */
export const salientWithKnowledge = {
  ...salient,
  path: (model) => `/accounts/bench/agents/${agentOf(model, true)}/stream`,
};

/**
 * @param {string} model
 * @param {boolean} [knowing]
 */
export function agentOf(model, knowing = false) {
  return `${model.replace('.', '-')}${knowing ? '-knowing' : ''}`;
}
