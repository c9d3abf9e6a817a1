import { updateChatMessage, type ChatMessage } from './chat-message.ts';

/** Runs `flush` before the next paint, or soon when nothing is painted. Returns what cancels it. */
export type ScheduleFlush = (flush: () => void) => () => void;

export interface AnswerWriter {
  /** Everything received so far, shown or not. */
  readonly text: string;
  append(text: string): void;
  /** Shows what has been received at once. */
  flush(): void;
  cancel(): void;
}

/**
 * Collects the pieces of an answer and shows them once per frame: tokens come faster than screens.
 * While an answer is replayed from its beginning, the part already on screen stays until the replay has passed it.
 */
export function createAnswerWriter(message: ChatMessage, scheduleFlush: ScheduleFlush): AnswerWriter {
  let text = '';
  let cancelScheduled: (() => void) | undefined;

  const flush = () => {
    cancel();
    if (text.length >= message.state.peek().content.length) {
      updateChatMessage(message, { content: text, status: 'streaming' });
    }
  };
  const cancel = () => {
    cancelScheduled?.();
    cancelScheduled = undefined;
  };

  return {
    get text() {
      return text;
    },
    append(piece) {
      text += piece;
      cancelScheduled ??= scheduleFlush(flush);
    },
    flush,
    cancel,
  };
}
