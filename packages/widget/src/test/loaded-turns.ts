import type { ScheduleFlush } from '../model/answer-writer.ts';
import type { ChatDependencies } from '../model/chat-dependencies.ts';
import { createTurns } from '../model/turns.ts';
import type { TurnApi } from '../protocol/turn-api.ts';
import { loadedPiece } from './loaded-piece.ts';

/** Test aid: what delivers messages, as if it had come already. */
export function loadedTurns(turnApi: TurnApi, scheduleFlush: ScheduleFlush): ChatDependencies['turns'] {
  return loadedPiece((shared) => createTurns({ ...shared, turnApi, scheduleFlush }));
}
