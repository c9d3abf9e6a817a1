import type { ErrorCode, History, SendMessageBody } from '@salient/shared-types';
import type { ConversationApi } from '../protocol/conversation-api.ts';
import { ChatError } from '../protocol/errors.ts';
import type { StreamEvent } from '../protocol/stream-event.ts';
import type { TurnApi } from '../protocol/turn-api.ts';

interface FakeAnswer {
  pieces: string[];
  /** After how many pieces each connection breaks, first to last. Later ones hold. */
  cuts?: number[];
  /** Thrown by the calls that ask, first to last. Later ones succeed. */
  refusals?: ChatError[];
  /** The same for the calls that come back. */
  rejoinRefusals?: ChatError[];
  /** The stream says this after the last piece. */
  errorAfter?: { code: ErrorCode; hasDone: boolean };
  history?: History | ChatError;
  /** Awaited before each piece, so that a test can act in the middle of an answer. */
  beforePiece?: (index: number) => Promise<void>;
}

/** For tests: an `Api` with one answer, kept as the server keeps it, and the list of what was called. */
export function createFakeApi(answer: FakeAnswer) {
  const calls: string[] = [];
  const bodies: SendMessageBody[] = [];
  const cuts = [...(answer.cuts ?? [])];
  const refusals = [...(answer.refusals ?? [])];
  const stored = {
    history: answer.history,
    isStopped: false,
    turns: 0,
    refusesRating: false,
    refusesIdentity: undefined as ChatError | undefined,
    refusesSignOut: undefined as ChatError | undefined,
  };

  const rejoinRefusals = [...(answer.rejoinRefusals ?? [])];

  const refuse = (list = refusals) => {
    const refusal = list.shift();
    if (refusal) throw refusal;
  };

  async function* connection(from: number, signal: AbortSignal): AsyncGenerator<StreamEvent> {
    const cut = cuts.shift() ?? Infinity;
    let sent = 0;
    const id = stored.turns || 1;
    const turn = { turn_id: `t${id}`, user_message_id: `u${id}`, message_id: `m${id}`, session_id: 's' };
    yield { type: 'turn', turn };
    for (let index = from; index < answer.pieces.length && !stored.isStopped; index++) {
      if (sent++ >= cut || signal.aborted) throw new ChatError('STREAM_LOST');
      await answer.beforePiece?.(index);
      yield { type: 'message', text: answer.pieces[index]!, position: String(index + 1) };
    }
    if (sent >= cut) throw new ChatError('STREAM_LOST');
    if (answer.errorAfter) {
      const { code } = answer.errorAfter;
      yield { type: 'error', error: { code, error: code, detail: code, request_id: 'r', retryable: true } };
      if (!answer.errorAfter.hasDone) throw new ChatError('STREAM_LOST');
    }
    const end = answer.errorAfter
      ? ({ status: 'error', finish_reason: 'error' } as const)
      : ({ status: 'complete', finish_reason: stored.isStopped ? 'stopped' : 'stop' } as const);
    yield { type: 'done', done: { message_id: `m${id}`, ...end, usage: null, citations: [] } };
  }

  const api: ConversationApi & TurnApi = {
    async history({ before }) {
      calls.push(before ? `history ${before}` : 'history');
      if (stored.history instanceof ChatError) throw stored.history;
      return stored.history ?? { session_id: null, messages: [], active_turn: null, next_cursor: null };
    },
    async *stream(body, signal) {
      calls.push(`stream ${body.client_message_id}`);
      bodies.push(body);
      refuse();
      stored.turns++;
      yield* connection(0, signal);
    },
    async *whole(body, signal) {
      calls.push(`whole ${body.client_message_id}`);
      bodies.push(body);
      refuse();
      stored.turns++;
      yield* connection(0, signal);
    },
    async *rejoin(turnId, position, signal) {
      calls.push(`rejoin ${turnId} ${position}`);
      refuse(rejoinRefusals);
      yield* connection(Number(position), signal);
    },
    async stop(turnId) {
      calls.push(`stop ${turnId}`);
      stored.isStopped = true;
    },
    async reset() {
      calls.push('reset');
    },
    async identify({ token, user_id }) {
      calls.push(`identify ${token ?? user_id}`);
      if (stored.refusesIdentity) throw stored.refusesIdentity;
    },
    async signOut() {
      calls.push('signOut');
      if (stored.refusesSignOut) throw stored.refusesSignOut;
    },
    async rate(messageId, rating, comment) {
      if (stored.refusesRating) throw new ChatError('NETWORK');
      calls.push(`rate ${messageId} ${rating}${comment ? ` ${comment}` : ''}`);
    },
  };
  return { ...api, calls, bodies, stored };
}
