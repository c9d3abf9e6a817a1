import { computed, signal } from '@preact/signals';
import type { ChatError } from '../protocol/errors.ts';
import type { ChatMessage } from './chat-message.ts';
import type { ChatActivity, ConnectionState } from './turn-reader.ts';

export type ChatState = ReturnType<typeof createChatState>;

/** What a view shows of a conversation. */
export function createChatState() {
  const activity = signal<ChatActivity>('idle');
  return {
    messages: signal<ChatMessage[]>([]),
    history: signal<'unloaded' | 'loading' | 'loaded' | 'failed'>('unloaded'),
    historyError: signal<ChatError | null>(null),
    earlierCursor: signal<string | null>(null),
    earlier: signal<'idle' | 'loading' | 'failed'>('idle'),
    activity,
    isBusy: computed(() => activity.value !== 'idle'),
    connection: signal<ConnectionState>('connected'),
    tool: signal<string | null>(null),
    /** A fault that belongs to no message. */
    notice: signal<ChatError | null>(null),
    /** An answer that was under way before this page is being read from its beginning. */
    isRejoining: signal(false),
    /** What is to be sent as soon as the visitor has agreed to it. */
    heldForConsent: signal<string | null>(null),
  };
}
