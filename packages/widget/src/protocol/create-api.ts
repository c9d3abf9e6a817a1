import type { ChatReply, History, Identified, IdentifyBody, SendMessageBody } from '@salient/shared-types';
import { IDENTIFY_PATH, SIGN_OUT_PATH, type Call } from './create-caller.ts';
import type { TokenStore } from './token-store.ts';
import { ChatError } from './errors.ts';
import { readStream } from './read-stream.ts';
import type { StreamEvent } from './stream-event.ts';

/** The endpoints below `A` that the widget uses. Every method rejects with `ChatError` and nothing else. */
export interface Api {
  history(options: { limit: number; before?: string | undefined }): Promise<History>;
  /** Asks for the whole answer at once, and tells it as the events of a very short stream. */
  whole(body: SendMessageBody, signal: AbortSignal): AsyncIterable<StreamEvent>;
  /** Asks for the answer as a stream. Breaking out of the loop closes the connection; it does not stop the answer. */
  stream(body: SendMessageBody, signal: AbortSignal): AsyncIterable<StreamEvent>;
  /** What is missing of an answer after `position`, then the rest live. */
  rejoin(turnId: string, position: string, signal: AbortSignal): AsyncIterable<StreamEvent>;
  stop(turnId: string): Promise<void>;
  reset(): Promise<void>;
  /** Says who the visitor is. What the browser was recognised by before is worth nothing then. */
  identify(identity: IdentifyBody): Promise<void>;
  /** Whoever uses the browser next is somebody new. */
  signOut(): Promise<void>;
  rate(messageId: string, rating: 'up' | 'down' | null, comment?: string): Promise<void>;
}

/** Answers may take their time when they come in one piece; the server's own limits are shorter than this. */
const WHOLE_ANSWER_TIMEOUT_MS = 180_000;

/** @param pace see `readStream` */
export function createApi(call: Call, tokens: TokenStore, pace: () => Promise<void>): Api {
  return {
    async history({ limit, before }) {
      const query = new URLSearchParams({ limit: String(limit), ...(before && { before }) });
      const history = await readJson<History>(await call(`/history?${query}`));
      if (!Array.isArray(history.messages)) throw new ChatError('BAD_RESPONSE');
      return history;
    },
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
      await post(`/turns/${encodeURIComponent(turnId)}/stop`, {});
    },
    async reset() {
      await post('/session/reset', {});
    },
    async identify(identity) {
      const { token } = await readJson<Identified>(await call(IDENTIFY_PATH, { method: 'POST', body: identity }));
      if (token) tokens.set(token);
    },
    async signOut() {
      await post(SIGN_OUT_PATH, {});
      tokens.set(null);
    },
    async rate(messageId, rating, comment) {
      await post(`/messages/${encodeURIComponent(messageId)}/feedback`, { rating, ...(comment && { comment }) });
    },
  };

  async function post(path: string, body: object) {
    const response = await call(path, { method: 'POST', body });
    // Nobody needs it, but an answer that is not read holds its connection.
    await response.text().catch(() => {});
  }
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

async function readJson<T extends object>(response: Response): Promise<T> {
  try {
    const json: unknown = await response.json();
    if (typeof json === 'object' && json !== null) return json as T;
  } catch (error) {
    throw new ChatError('BAD_RESPONSE', { cause: error });
  }
  throw new ChatError('BAD_RESPONSE');
}
