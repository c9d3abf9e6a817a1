import type { SendMessageBody } from '@salient/shared-types';
import type { ConversationApi } from '../protocol/conversation-api.ts';
import type { ChatError } from '../protocol/errors.ts';
import type { Network } from '../protocol/network.ts';
import type { ChatHistory } from './chat-history.ts';
import type { ChatMessage } from './chat-message.ts';
import type { ChatState } from './chat-state.ts';
import type { Consent } from './consent.ts';
import type { IdentityMark } from './identity-mark.ts';
import type { LaterPiece } from './later-piece.ts';
import type { Outbox } from './outbox.ts';
import type { Turns } from './turns.ts';
import type { EmitEvent } from './widget-events.ts';

/** What a conversation needs of the page and the server around it. */
export interface ChatDependencies {
  api: ConversationApi;
  /** What delivers messages and follows answers. It comes when there is one. */
  turns: LaterPiece<CreateTurns>;
  network: Network;
  emit: EmitEvent;
  /** Read when a message is sent, so that changed settings apply to the next one. */
  settings: () => { streaming: boolean; historyLimit: number; maxMessageChars: number };
  /** Page data to send along, if the page gave any. */
  context: () => Record<string, unknown> | undefined;
  outbox: Outbox;
  consent: Consent;
  identityMark: IdentityMark;
}

export type CreateTurns = (shared: ChatShared & { history: ChatHistory }) => Turns;

/** A message, and how it is sent. */
export interface Asked {
  user: ChatMessage;
  body: SendMessageBody;
}

/** What the parts of a conversation share. */
export interface ChatShared extends ChatDependencies {
  chat: ChatState;
  /** Aborted when this conversation makes room for another one. */
  lifetime: () => AbortSignal;
  /** How each message of this page was sent last, so that a retry is the same send. */
  bodies: WeakMap<ChatMessage, SendMessageBody>;
  /** Nothing has reached the server yet. */
  isFirst: () => boolean;
  /** Takes a message back that is on its way. It keeps its id, in case the server has it after all. */
  takeBack: (user: ChatMessage) => void;
  reportError: (error: ChatError) => void;
}
