import type { ErrorEvent, SendMessageBody } from '@salient/shared-types';
import { ChatError, isTransient, toChatError } from './errors.ts';
import type { Network } from './network.ts';
import { pauseUntilWorthTrying } from './retry.ts';
import type { StreamEvent } from './stream-event.ts';
import type { TurnApi } from './turn-api.ts';

/** An answer to be asked for, or one under way that is joined. */
export type TurnStart = { ask: SendMessageBody; streaming: boolean } | { turnId: string };

/** A `StreamEvent`, or news of the connection: broken and being tried again, or back. */
export type FollowEvent = StreamEvent | { type: 'connection'; state: 'reconnecting' | 'offline' | 'connected' };

/** Before the server has said that it has the message, the visitor is told soon. */
const MAX_ASK_ATTEMPTS = 3;
/** Once it has, the answer is worth waiting for: about ten minutes at the cap of the back-off. */
const MAX_REJOIN_ATTEMPTS = 40;

/**
 * Follows one answer to its end over however many connections that takes. Asking again is safe because every attempt
 * carries the same `client_message_id`; rejoining names the last position seen, so the pieces join without a seam.
 * Being offline does not count as an attempt.
 *
 * @throws ChatError when the server refuses, or after the last attempt
 */
export async function* followTurn(
  api: TurnApi,
  network: Network,
  start: TurnStart,
  signal: AbortSignal,
): AsyncGenerator<FollowEvent, void, undefined> {
  let turnId = 'turnId' in start ? start.turnId : undefined;
  let position = '';
  let attempt = 0;
  while (!signal.aborted) {
    let reported: ChatError | undefined;
    let connected = attempt === 0;
    try {
      for await (const event of connect()) {
        if (!connected) yield { type: 'connection', state: 'connected' };
        connected = true;
        if (event.type === 'turn') turnId = event.turn.turn_id;
        if (event.type === 'error') reported = errorOfEvent(event.error);
        if (event.type === 'message') {
          position = event.position;
          // Only text is progress. A server that accepts and drops every connection still meets the back-off.
          attempt = 0;
        }
        yield event;
        if (event.type === 'done') return;
      }
      throw new ChatError('STREAM_LOST');
    } catch (thrown) {
      if (signal.aborted) return;
      // A stream that ends after an `error` without `done` has nothing stored: there is nothing to come back for.
      if (reported) throw reported;
      const error = toChatError(thrown);
      const maxAttempts = turnId === undefined ? MAX_ASK_ATTEMPTS : MAX_REJOIN_ATTEMPTS;
      // An answer that is being written is worth the wait that a limit asks for; a message that it refused is not sent
      // again unasked.
      const isWaitable = isTransient(error) || (turnId !== undefined && error.code === 'RATE_LIMIT_EXCEEDED');
      if (!isWaitable || ++attempt >= maxAttempts) throw error;
      yield { type: 'connection', state: network.isOnline() ? 'reconnecting' : 'offline' };
      await pauseUntilWorthTrying(error, attempt, network, signal);
    }
  }

  function connect(): AsyncIterable<StreamEvent> {
    if (turnId !== undefined) return api.rejoin(turnId, position, signal);
    if (!('ask' in start)) throw new ChatError('BAD_RESPONSE');
    return start.streaming ? api.stream(start.ask, signal) : api.whole(start.ask, signal);
  }
}

/** An `error` event as what it would have been before the first event: an HTTP error. */
export function errorOfEvent({ code, detail, request_id: requestId }: ErrorEvent): ChatError {
  return new ChatError(code, { detail, requestId });
}
