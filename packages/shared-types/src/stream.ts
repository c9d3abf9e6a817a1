import type { ErrorBody } from './errors.ts';
import type { Citation, FinishReason, MessageStatus } from './messages.ts';
import type { Usage } from './usage.ts';

/** First event of every stream. Sent before the model has answered. */
export interface TurnEvent {
  turn_id: string;
  user_message_id: string;
  message_id: string;
  session_id: string;
}

/** An agent's tool began or ended. */
export interface ToolEvent {
  name: string;
  status: 'started' | 'finished';
}

/** Last event of a stream whose turn left a stored answer. */
export interface DoneEvent {
  message_id: string;
  finish_reason: FinishReason;
  status: Exclude<MessageStatus, 'pending'>;
  /** Null when the turn ended without a model request of its own, for example after a crash. */
  usage: Usage | null;
  citations: Citation[];
}

/** A fault after the first event. `done` follows if anything was stored. */
export interface ErrorEvent extends ErrorBody {
  retryable: boolean;
}

/**
 * Events of `A/stream`, by SSE event name. `message` data is raw text (not JSON): joined over the stream it is the
 * stored answer. Its SSE `id` is an opaque position; send it back as `Last-Event-ID` to get exactly the rest.
 */
export interface StreamEvents {
  turn: TurnEvent;
  message: string;
  tool: ToolEvent;
  done: DoneEvent;
  error: ErrorEvent;
}
