import type { DoneEvent, ErrorEvent, ToolEvent, TurnEvent } from '@salient/shared-types';
import { ChatError } from './errors.ts';
import type { SseEvent } from './sse-parser.ts';

/** One event of `A/stream`, parsed. `position` is what `Last-Event-ID` takes to continue after this event. */
export type StreamEvent =
  | { type: 'turn'; turn: TurnEvent }
  | { type: 'message'; text: string; position: string }
  | { type: 'tool'; tool: ToolEvent }
  | { type: 'done'; done: DoneEvent }
  | { type: 'error'; error: ErrorEvent };

/**
 * An SSE event as the contract means it, or undefined for an event this version does not know.
 *
 * @throws ChatError `BAD_RESPONSE` when the data of a known event is not what the contract says
 */
export function parseStreamEvent({ event, data, lastEventId }: SseEvent): StreamEvent | undefined {
  switch (event) {
    case 'message':
      return { type: 'message', text: data, position: lastEventId };
    case 'turn':
      return { type: 'turn', turn: parseObject(data, 'turn_id') };
    case 'tool':
      return { type: 'tool', tool: parseObject(data, 'name') };
    case 'done':
      return { type: 'done', done: parseObject(data, 'message_id') };
    case 'error':
      return { type: 'error', error: parseObject(data, 'code') };
    default:
      return undefined;
  }
}

function parseObject<T>(data: string, requiredName: keyof T & string): T {
  try {
    const value: unknown = JSON.parse(data);
    if (typeof value === 'object' && value !== null && requiredName in value) return value as T;
  } catch (error) {
    throw new ChatError('BAD_RESPONSE', { cause: error });
  }
  throw new ChatError('BAD_RESPONSE', { detail: `The stream sent an event without "${requiredName}".` });
}
