import type { ChatReply, SendMessageBody } from '@salient/shared-types';
import type { Call } from './create-caller.ts';
import { post } from './post.ts';
import { readJson } from './read-json.ts';
import { readStream } from './read-stream.ts';
import type { StreamEvent } from './stream-event.ts';

/** The endpoints below `A` that ask for answers and speak of them. Every method rejects with `ChatError` only. */
export interface TurnApi {
  /** Asks for the whole answer at once, and tells it as the events of a very short stream. */
  whole(body: SendMessageBody, signal: AbortSignal): AsyncIterable<StreamEvent>;
  /** Asks for the answer as a stream. Breaking out of the loop closes the connection; it does not stop the answer. */
  stream(body: SendMessageBody, signal: AbortSignal): AsyncIterable<StreamEvent>;
  /** What is missing of an answer after `position`, then the rest live. */
  rejoin(turnId: string, position: string, signal: AbortSignal): AsyncIterable<StreamEvent>;
  stop(turnId: string): Promise<void>;
  rate(messageId: string, rating: 'up' | 'down' | null, comment?: string): Promise<void>;
}

/** Answers may take their time when they come in one piece; the server's own limits are shorter than this. */
const WHOLE_ANSWER_TIMEOUT_MS = 180_000;

/** @param pace see `readStream` */
export function createTurnApi(call: Call, pace: () => Promise<void>): TurnApi {
  return {
    async *whole(body, signal) {
      const options = { method: 'POST', body, signal, timeoutMs: WHOLE_ANSWER_TIMEOUT_MS } as const;
      yield* eventsOfReply(await readJson<ChatReply>(await call('/chat', options)));
    },
    async *stream(body, signal) {
      yield* readStream(await call('/stream', { method: 'POST', body, signal, headers: ACCEPT_STREAM }), pace);
    },
    async *rejoin(turnId, position, signal) {
      const headers = { ...ACCEPT_STREAM, ...(position && { 'Last-Event-ID': position }) };
      yield* readStream(await call(`/stream?turn=${encodeURIComponent(turnId)}`, { signal, headers }), pace);
    },
    async stop(turnId) {
      await post(call, `/turns/${encodeURIComponent(turnId)}/stop`, {});
    },
    async rate(messageId, rating, comment) {
      const path = `/messages/${encodeURIComponent(messageId)}/feedback`;
      await post(call, path, { rating, ...(comment && { comment }) });
    },
  };
}

function* eventsOfReply({ session_id, message, user_message, usage }: ChatReply): Generator<StreamEvent> {
  // A whole answer has no turn to rejoin, and `done` follows before anything could break.
  yield { type: 'turn', turn: { turn_id: '', session_id, user_message_id: user_message.id, message_id: message.id } };
  yield { type: 'message', text: message.content, position: '' };
  const { finish_reason = 'stop', citations = [] } = message.metadata;
  const status = message.status === 'pending' ? 'partial' : message.status;
  yield { type: 'done', done: { message_id: message.id, status, finish_reason, citations, usage } };
}

const ACCEPT_STREAM = { Accept: 'text/event-stream' };
