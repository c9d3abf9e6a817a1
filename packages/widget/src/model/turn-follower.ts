import { toChatError, type ChatError } from '../protocol/errors.ts';
import { followTurn, type TurnStart } from '../protocol/follow-turn.ts';
import type { ChatMessage } from './chat-message.ts';
import { createTurnReader, type Turn } from './turn-reader.ts';
import type { TurnsInput } from './turns.ts';

/**
 * Follows answers, one at a time, and says how the one under way is doing.
 *
 * @param answerOf the message that a turn's answer is written into
 * @param onTaken called with the ids of question and answer when the server has the message
 */
export function createTurnFollower(
  { chat, api, turnApi, network, emit, scheduleFlush, settings, lifetime, reportError }: TurnsInput,
  answerOf: (turn: Turn) => ChatMessage,
  onTaken: (turn: Turn, ids: string[]) => void,
) {
  let current: Turn | undefined;
  let cancelCurrent = () => {};

  return { follow, rest, cancel, stopCurrent };

  /** Follows a turn to its end, or to the fault that it returns. */
  async function follow(turn: Turn, start: TurnStart): Promise<ChatError | undefined> {
    const abort = new AbortController();
    const aborted = lifetime();
    const forwardAbort = () => abort.abort();
    aborted.addEventListener('abort', forwardAbort);
    current = turn;
    cancelCurrent = forwardAbort;
    // It may have been stopped already, while what came before it was waited for.
    if (chat.activity.peek() === 'idle') chat.activity.value = 'waiting';
    const reader = createTurnReader({
      turn,
      ...chat,
      emit,
      scheduleFlush,
      answer: () => answerOf(turn),
      onBegin: (ids) => onTaken(turn, ids),
      stopTurn: (turnId) => void requestStop(turnId),
      reportError,
    });
    try {
      for await (const event of followTurn(turnApi, network, start, abort.signal)) reader.take(event);
      return undefined;
    } catch (error) {
      reader.flush();
      return abort.signal.aborted ? undefined : toChatError(error);
    } finally {
      reader.cancel();
      aborted.removeEventListener('abort', forwardAbort);
      if (current === turn) rest();
    }
  }

  /** Nothing is followed any more. */
  function rest() {
    current = undefined;
    chat.activity.value = 'idle';
    chat.connection.value = 'connected';
    chat.tool.value = null;
  }

  function cancel(turn: Turn) {
    if (current === turn) cancelCurrent();
  }

  /** Ends the answer under way at the server. The stream itself then says so. */
  async function stopCurrent() {
    chat.activity.value = 'stopping';
    // Before the first event of a stream the reader stops it. An answer in one piece is only known to the history.
    if (current?.turnId) await requestStop(current.turnId);
    else if (!settings().streaming) {
      const page = await api.history({ limit: 1 }).catch(() => undefined);
      if (page?.active_turn) await requestStop(page.active_turn.id);
    }
  }

  async function requestStop(turnId: string) {
    try {
      await turnApi.stop(turnId);
    } catch (error) {
      if (chat.activity.peek() !== 'stopping') return;
      chat.activity.value = 'streaming';
      chat.notice.value = toChatError(error);
    }
  }
}
