import { setTimeout as wait } from 'node:timers/promises';
import { composeLocalAnswer } from './local-answer.ts';
import type { ModelProvider } from './model-provider.ts';
import { splitIntoWords } from './split-into-words.ts';

/**
 * Answers from the agent's own knowledge by quoting it: no model, no key, no network, no cost. Streams word by word at
 * `wordsPerSecond`, so that a first look shows what a visitor will see; 0 sends everything at once.
 */
export function createLocalProvider(wordsPerSecond: number): ModelProvider {
  return {
    name: 'local',
    async complete({ messages, passages, topics }, onText, signal) {
      const question = messages.findLast((message) => message.role === 'user')?.content ?? '';
      const { text, citations } = composeLocalAnswer({ question, passages, topics });
      const words = wordsPerSecond > 0 ? splitIntoWords(text) : [text];
      const pauseMs = wordsPerSecond > 0 ? 1000 / wordsPerSecond : 0;
      const startedAt = performance.now();
      for (const [index, word] of words.entries()) {
        // Kept to the clock, so that slow timers do not add up.
        const dueInMs = startedAt + index * pauseMs - performance.now();
        if (dueInMs > 1) await wait(dueInMs, undefined, { signal }).catch(() => {});
        signal.throwIfAborted();
        onText(word);
      }
      return { finishReason: 'stop', modelAnswered: 'local', responseId: null, usage: null, citations };
    },
  };
}
