import type { Api } from '../protocol/create-api.ts';
import type { ChatError } from '../protocol/errors.ts';
import type { Network } from '../protocol/network.ts';
import type { ScheduleFlush } from './answer-writer.ts';
import type { ChatState } from './chat-state.ts';
import type { Consent } from './consent.ts';
import type { IdentityMark } from './identity-mark.ts';
import type { Outbox } from './outbox.ts';
import type { EmitEvent } from './widget-events.ts';

/** What a conversation needs of the page and the server around it. */
export interface ChatDependencies {
  api: Api;
  network: Network;
  scheduleFlush: ScheduleFlush;
  emit: EmitEvent;
  /** Read when a message is sent, so that changed settings apply to the next one. */
  settings: () => { streaming: boolean; historyLimit: number; maxMessageChars: number };
  /** Page data to send along, if the page gave any. */
  context: () => Record<string, unknown> | undefined;
  outbox: Outbox;
  consent: Consent;
  identityMark: IdentityMark;
}

/** What the parts of a conversation share. */
export interface ChatShared extends ChatDependencies {
  chat: ChatState;
  /** Aborted when this conversation makes room for another one. */
  lifetime: () => AbortSignal;
  reportError: (error: ChatError) => void;
}
