import type { WidgetTexts } from '@salient/shared-types';
import type { Words } from '../locales/en.ts';
import type { ChatError, ChatErrorCode } from '../protocol/errors.ts';

/** What is needed of a `ChatError` to say it. Of an error from the history only the code is known. */
export type VisibleError = Pick<ChatError, 'code'> & Partial<Pick<ChatError, 'detail' | 'retryAfterSeconds'>>;

/**
 * What a fault means to a visitor: in the owner's words where there are some. The server's own sentence is shown only
 * where it speaks of what they typed.
 */
export function errorText(error: VisibleError, words: Words, texts: WidgetTexts): string {
  const own = ownTexts[error.code];
  if (own && texts[own]) return texts[own];
  if (error.code === 'RATE_LIMIT_EXCEEDED') return words.errors.rateLimit(error.retryAfterSeconds);
  if (error.code === 'VALIDATION_ERROR' && error.detail) return error.detail;
  return words.errors[kinds[error.code] ?? 'server'];
}

const ownTexts: Partial<Record<ChatErrorCode, keyof WidgetTexts>> = {
  RATE_LIMIT_EXCEEDED: 'limit_message',
  BUDGET_EXCEEDED: 'budget_message',
  OFFLINE: 'offline_message',
  NETWORK: 'unavailable_message',
  STREAM_LOST: 'unavailable_message',
  NOT_READY: 'unavailable_message',
  UPSTREAM_ERROR: 'unavailable_message',
  UPSTREAM_TIMEOUT: 'unavailable_message',
};

type ErrorKind = Exclude<keyof Words['errors'], 'rateLimit'>;

const kinds: Partial<Record<ChatErrorCode, ErrorKind>> = {
  OFFLINE: 'offline',
  NETWORK: 'unreachable',
  STREAM_LOST: 'unreachable',
  TIMEOUT: 'timeout',
  UPSTREAM_TIMEOUT: 'timeout',
  BUDGET_EXCEEDED: 'budget',
  ACCOUNT_NOT_FOUND: 'agentNotFound',
  AGENT_NOT_FOUND: 'agentNotFound',
  ORIGIN_NOT_ALLOWED: 'originNotAllowed',
  FORBIDDEN: 'originNotAllowed',
  UNAUTHENTICATED: 'session',
  NOT_READY: 'notReady',
  TURN_IN_PROGRESS: 'busy',
};
