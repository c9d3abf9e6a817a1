import type { History, Message } from '@salient/shared-types';
import { afterEach, expect } from 'vitest';
import { ChatModel, type Chat } from '../model/chat.ts';
import { createConsent } from '../model/consent.ts';
import { createIdentityMark } from '../model/identity-mark.ts';
import { createLaterPiece } from '../model/later-piece.ts';
import { createOutbox } from '../model/outbox.ts';
import type { WidgetStorage } from '../model/storage.ts';
import { eventually } from './eventually.ts';
import { createFakeApi } from './fake-api.ts';
import { loadedTurns } from './loaded-turns.ts';
import { createMemoryStorage } from './memory-storage.ts';

const chats: Chat[] = [];
afterEach(() => {
  for (const chat of chats.splice(0)) chat.disconnect();
});

interface SetUpOptions {
  streaming?: boolean;
  isOnline?: () => boolean;
  pause?: () => Promise<void>;
  storage?: WidgetStorage;
  consentText?: string;
  /** What delivers messages comes when this says so. It is here already unless given. */
  bringTurns?: () => Promise<void>;
}

/** Test aid: a conversation with a fake server, and all that can be seen of it. Messages may have 20 characters. */
export function setUpChat(answer: Parameters<typeof createFakeApi>[0], options: SetUpOptions = {}) {
  const { streaming = true, isOnline = () => true, pause = async () => {}, storage = createMemoryStorage() } = options;
  const { bringTurns } = options;
  const api = createFakeApi(answer);
  const emitted: string[] = [];
  const flushes: (() => void)[] = [];
  const turns = loadedTurns(api, (flush) => {
    flushes.push(flush);
    return () => void flushes.splice(flushes.indexOf(flush), 1);
  });
  const chat = new ChatModel({
    api,
    turns: bringTurns ? createLaterPiece(() => bringTurns().then(() => turns.piece.value!)) : turns,
    network: { isOnline, pause },
    emit: (name) => void emitted.push(name),
    settings: () => ({ streaming, historyLimit: 50, maxMessageChars: 20 }),
    context: () => ({ page: '/cart' }),
    outbox: createOutbox(storage),
    consent: createConsent(storage, () => options.consentText),
    identityMark: createIdentityMark(storage),
  });
  chats.push(chat);
  const isIdle = () => eventually(() => expect(chat.activity.value).toBe('idle'));
  const shown = () =>
    chat.messages.value.map(({ role, state }) => `${role} ${state.value.status}: ${state.value.content}`);
  return { api, chat, emitted, flushes, isIdle, shown, storage };
}

export function stored(id: string, role: 'user' | 'assistant', content: string, more: Partial<Message> = {}): Message {
  return { id, role, content, status: 'complete', created_at: '2026-01-01T00:00:00Z', metadata: {}, ...more };
}

export function historyOf(messages: Message[], activeTurn: string | null = null): History {
  return { session_id: 's', messages, active_turn: activeTurn ? { id: activeTurn } : null, next_cursor: null };
}

/** Holds something back until `open` is called. */
export function createGate() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { open, opened };
}
