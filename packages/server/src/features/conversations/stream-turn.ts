import type { ServerResponse } from 'node:http';
import { AppError } from '../../errors.ts';
import { openEventStream } from '../../http/event-stream.ts';
import type { OpenTurn } from './follow-turn.ts';
import type { TurnEnd } from './live-turn.ts';
import { formatPosition } from './turn-position.ts';

/** The most text of one event: with what Node holds back, the most that ever waits in memory for a slow reader. */
const MAX_PIECE_CHARS = 16 * 1024;

/**
 * Sends a turn as events: `turn`, then the answer from `offset` on as it comes, then `error` if it failed, then `done`.
 * A reader that leaves does not stop the turn. One that reads slowly gets the text from the turn itself, at its own pace:
 * nothing is queued for it.
 */
export function streamTurn(res: ServerResponse, turn: OpenTurn, offset: number, requestId: string): void {
  const { turn_id: turnId } = turn.ids;
  let sent = offset;
  let turnEnd: TurnEnd | null = null;
  let leave = (): void => {};

  const stream = openEventStream(res, { onDrain: sendMore, onClose: () => leave() });
  stream.send('turn', JSON.stringify(turn.ids), formatPosition(turnId, offset));
  leave = turn.follow(offset, {
    text(text, position) {
      // The usual case, without a look at the whole text.
      if (position - text.length === sent && text.length <= MAX_PIECE_CHARS && !stream.isFull) send(text);
      else sendMore();
    },
    // It says what is being done just now; a reader that is behind does not need it.
    tool: (event) => {
      if (!stream.isFull) stream.send('tool', JSON.stringify(event));
    },
    end: (end) => {
      turnEnd = end;
      sendMore();
    },
  });

  function sendMore(): void {
    while (sent < turn.text.length && !stream.isFull) {
      send(pieceAt(turn.text, sent));
    }
    if (turnEnd && sent >= turn.text.length) sendEnd(turnEnd);
  }

  function send(piece: string): void {
    sent += piece.length;
    stream.send('message', piece, formatPosition(turnId, sent));
  }

  function sendEnd({ done, fault }: TurnEnd): void {
    turnEnd = null;
    if (fault) {
      const { retryable } = fault;
      const body = new AppError(fault.code, fault.detail).toBody(requestId);
      stream.send('error', JSON.stringify({ ...body, retryable }));
    }
    stream.send('done', JSON.stringify(done), formatPosition(turnId, 'done'));
    stream.end();
  }
}

/** Never ends inside a character. */
function pieceAt(text: string, from: number): string {
  const end = from + MAX_PIECE_CHARS;
  const lastCode = text.charCodeAt(end - 1);
  return text.slice(from, lastCode >= 0xd800 && lastCode <= 0xdbff ? end - 1 : end);
}
