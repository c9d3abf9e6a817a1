import { signal, type Signal } from '@preact/signals';
import type { Citation, FinishReason, Message } from '@salient/shared-types';
import type { ChatError } from '../protocol/errors.ts';

/**
 * `sending`, `failed`: a visitor's message on its way, or not taken by the server. `waiting`, `streaming`: an answer
 * before and after its first text. The rest is how it ended.
 */
export type ChatMessageStatus = 'sending' | 'failed' | 'waiting' | 'streaming' | 'complete' | 'partial' | 'error';

export interface ChatMessageState {
  /** The server's id, once it has told it. */
  id: string | null;
  content: string;
  status: ChatMessageStatus;
  finishReason: FinishReason | null;
  citations: Citation[];
  rating: 'up' | 'down' | null;
  /** Why it failed, when this page saw it happen. */
  error: ChatError | null;
}

/** One message of the conversation. Only its `state` changes, so a growing answer redraws nothing but itself. */
export interface ChatMessage {
  /** Stable while the page lives, whatever ids the server gives. */
  readonly key: string;
  readonly role: 'user' | 'assistant';
  readonly createdAt: Date;
  readonly state: Signal<ChatMessageState>;
}

export function createChatMessage(
  key: string,
  role: ChatMessage['role'],
  state: Partial<ChatMessageState> & Pick<ChatMessageState, 'status'>,
  createdAt = new Date(),
): ChatMessage {
  const empty = { id: null, content: '', finishReason: null, citations: [], rating: null, error: null };
  return { key, role, createdAt, state: signal({ ...empty, ...state }) };
}

export function updateChatMessage(message: ChatMessage, change: Partial<ChatMessageState>): void {
  message.state.value = { ...message.state.peek(), ...change };
}

/** A stored message. A `pending` one is an answer under way, or what a crash left of one. */
export function fromStoredMessage(stored: Message, isUnderWay: boolean): ChatMessage {
  const { id, content, metadata } = stored;
  const whenPending = isUnderWay ? 'waiting' : 'partial';
  return createChatMessage(
    id,
    stored.role === 'user' ? 'user' : 'assistant',
    {
      id,
      content,
      // A visitor's message that is stored is sent, whatever became of its answer.
      status: stored.role === 'user' ? 'complete' : stored.status === 'pending' ? whenPending : stored.status,
      finishReason: metadata?.finish_reason ?? null,
      citations: metadata?.citations ?? [],
      rating: stored.feedback?.rating ?? null,
    },
    new Date(stored.created_at),
  );
}
