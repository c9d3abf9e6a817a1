import { effect, type ReadonlySignal } from '@preact/signals';
import type { Words } from '../locales/en.ts';
import type { Announcer } from './announcer.ts';
import type { Chat } from './chat.ts';
import { createSentenceReader } from './sentence-reader.ts';

/** Reads answers to assistive technology while they are written. Returns what ends it. */
export function speakAnswers(chat: Chat, announcer: Announcer, words: ReadonlySignal<Words>): () => void {
  let reader: { key: string; take: ReturnType<typeof createSentenceReader>['take'] } | undefined;
  return effect(() => {
    const last = chat.messages.value.at(-1);
    if (last?.role !== 'assistant') return;
    const { content, status } = last.state.value;
    const isUnderWay = status === 'waiting' || status === 'streaming';
    if (isUnderWay && reader?.key !== last.key) {
      reader = { key: last.key, ...createSentenceReader() };
      announcer.say(words.peek().typing);
    }
    // An answer that was complete when it came, from the history, is read by choice, not announced.
    if (reader?.key !== last.key) return;
    for (const sentence of reader.take(content, !isUnderWay)) announcer.say(sentence);
    if (!isUnderWay) reader = undefined;
  });
}
