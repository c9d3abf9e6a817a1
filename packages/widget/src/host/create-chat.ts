import { computed, effect, type ReadonlySignal } from '@preact/signals';
import { agentUrl } from '../config/agent-url.ts';
import type { Config } from '../config/resolve-config.ts';
import { ChatModel, type Chat } from '../model/chat.ts';
import type { CreateTurns } from '../model/chat-dependencies.ts';
import { createConsent } from '../model/consent.ts';
import { createIdentityMark } from '../model/identity-mark.ts';
import { createOutbox } from '../model/outbox.ts';
import type { LaterPiece } from '../model/later-piece.ts';
import type { WidgetStorage } from '../model/storage.ts';
import { createTokenStorage } from '../model/token-storage.ts';
import type { EmitEvent } from '../model/widget-events.ts';
import { createConversationApi } from '../protocol/conversation-api.ts';
import { createCaller } from '../protocol/create-caller.ts';
import { browserNetwork } from './browser-network.ts';
import { createFetchInTurn } from './fetch-in-turn.ts';

interface ChatInput {
  config: ReadonlySignal<Config>;
  storage: WidgetStorage;
  conversation: LaterPiece<typeof import('./conversation.ts')>;
  emit: EmitEvent;
  context: () => Record<string, unknown> | undefined;
}

interface CreatedChat {
  chat: Chat;
  /** This browser has talked to this agent before. */
  wasUsedBefore: boolean;
  stopChat: () => void;
}

/** The conversation of one widget, wired to this browser. */
export function createChat({ config, storage, conversation, emit, context }: ChatInput): CreatedChat {
  const url = agentUrl(config.peek());
  const tokens = createTokenStorage(storage);
  const call = createCaller({
    agentUrl: url,
    tokens,
    fetch: createFetchInTurn(config.peek().backend),
    isOnline: () => browserNetwork.isOnline(),
  });
  const createTurns = computed<CreateTurns | undefined>(() => {
    const piece = conversation.piece.value;
    if (!piece) return undefined;
    const { scheduleFlush, untilRested } = piece;
    return (shared) => piece.createTurns({ ...shared, turnApi: piece.createTurnApi(call, untilRested), scheduleFlush });
  });
  const chat = new ChatModel({
    api: createConversationApi(call, tokens),
    turns: { ...conversation, piece: createTurns },
    network: browserNetwork,
    emit,
    settings: () => config.peek(),
    context,
    outbox: createOutbox(storage),
    consent: createConsent(storage, () => config.peek().consent?.text),
    identityMark: createIdentityMark(storage),
  });
  const wasUsedBefore = storage.get('used') !== null;
  const stopRemembering = effect(() => {
    if (!wasUsedBefore && chat.history.value === 'loaded') storage.set('used', '1');
  });
  const stopChat = () => {
    stopRemembering();
    chat.disconnect();
  };
  return { chat, wasUsedBefore, stopChat };
}
