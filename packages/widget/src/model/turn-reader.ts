import type { Signal } from '@preact/signals';
import type { DoneEvent, SendMessageBody, TurnEvent } from '@salient/shared-types';
import type { ChatError } from '../protocol/errors.ts';
import { errorOfEvent, type FollowEvent } from '../protocol/follow-turn.ts';
import { createAnswerWriter, type AnswerWriter, type ScheduleFlush } from './answer-writer.ts';
import { updateChatMessage, type ChatMessage } from './chat-message.ts';
import type { EmitEvent } from './widget-events.ts';

/** What an answer under way is doing, or `idle`. */
export type ChatActivity = 'idle' | 'waiting' | 'streaming' | 'stopping';

export type ConnectionState = 'connected' | 'reconnecting' | 'offline';

/** A turn as this page knows it: enough to follow it, to send it again and to ask it again. */
export interface Turn {
  user: ChatMessage | undefined;
  answer: ChatMessage | undefined;
  body: SendMessageBody | undefined;
  /** Known once the server has taken the message. Empty for an answer that came in one piece. */
  turnId: string | undefined;
}

interface TurnReaderInput {
  turn: Turn;
  activity: Signal<ChatActivity>;
  connection: Signal<ConnectionState>;
  /** The tool the agent is using at the moment. */
  tool: Signal<string | null>;
  /** The message the answer is written into, made when it is first needed. */
  answer: () => ChatMessage;
  /** Called with the server's ids of question and answer, before anything is written. */
  onBegin: (ids: string[]) => void;
  scheduleFlush: ScheduleFlush;
  emit: EmitEvent;
  /** Called when the turn has begun although it was to be stopped before. */
  stopTurn: (turnId: string) => void;
  reportError: (error: ChatError) => void;
}

/** Turns the events of one answer into state. One per connection by hand: a new one reads the answer anew. */
export function createTurnReader(input: TurnReaderInput) {
  const { turn, activity, connection, tool, answer, onBegin, scheduleFlush, emit, stopTurn, reportError } = input;
  let writer: AnswerWriter | undefined;

  return {
    take(event: FollowEvent) {
      if (event.type === 'connection') connection.value = event.state;
      else if (event.type === 'turn') begin(event.turn);
      else if (event.type === 'tool') tool.value = event.tool.status === 'started' ? event.tool.name : null;
      else if (event.type === 'message') write(event.text);
      else if (event.type === 'error') note(errorOfEvent(event.error));
      else finish(event.done);
    },
    flush: () => writer?.flush(),
    cancel: () => writer?.cancel(),
  };

  function begin({ turn_id: turnId, user_message_id: userId, message_id: id }: TurnEvent) {
    // A rejoined stream may begin with it again.
    const isNew = turn.turnId !== turnId || answer().state.peek().id !== id;
    turn.turnId = turnId;
    if (turn.user) updateChatMessage(turn.user, { id: userId, status: 'complete', error: null });
    updateChatMessage(answer(), { id, status: 'waiting', error: null });
    onBegin([userId, id]);
    if (isNew) emit('stream:start', { message_id: id });
    if (activity.peek() === 'stopping') stopTurn(turnId);
  }

  function write(text: string) {
    tool.value = null;
    writer ??= createAnswerWriter(answer(), scheduleFlush);
    writer.append(text);
    if (activity.peek() === 'waiting') activity.value = 'streaming';
  }

  function note(error: ChatError) {
    updateChatMessage(answer(), { error });
    reportError(error);
  }

  function finish({ message_id: id, status, finish_reason: finishReason, citations }: DoneEvent) {
    writer?.cancel();
    const content = writer?.text ?? answer().state.peek().content;
    updateChatMessage(answer(), { id, status, finishReason, citations: citations ?? [], content });
    emit('stream:end', { message_id: id, finish_reason: finishReason, status });
    emit('message:received', { id, text: content, status });
  }
}
