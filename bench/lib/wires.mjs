// The two ways of asking: the model provider's own, which the relay passes through, and Salient's.

/**
 * What was read of an answer.
 *
 * @typedef {object} Heard
 * @property {string} text
 * @property {number} events that brought text
 * @property {number} ends
 * @property {{ prompt_tokens: number, completion_tokens: number } | null} usage
 * @property {string | null} problem what the server said went wrong
 */

/**
 * @typedef {object} Wire
 * @property {(model: string) => string} path
 * @property {(model: string) => object} body
 * @property {(heard: Heard, event: string, data: string) => void} hear takes one event
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
      return;
    }
    const { choices, usage } = JSON.parse(data);
    const text = choices[0]?.delta.content ?? '';
    heard.text += text;
    if (text !== '') heard.events += 1;
    heard.usage = usage ?? heard.usage;
  },
};

/**
 * Agents are named after their model.
 *
 * @type {Wire}
 */
export const salient = {
  path: (model) => `/accounts/bench/agents/${model}/stream`,
  body: () => ({ message: QUESTION }),
  hear(heard, event, data) {
    if (event === 'message') {
      heard.text += data;
      heard.events += 1;
    } else if (event === 'error') {
      heard.problem = data;
    } else if (event === 'done') {
      const { status, usage } = JSON.parse(data);
      heard.ends += 1;
      heard.usage = usage;
      if (status !== 'complete') heard.problem ??= `ended as ${status}`;
    }
  },
};
