import type { ServerResponse } from 'node:http';
import { AppError } from '../../errors.ts';
import { openEventStream } from '../../http/event-stream.ts';
import type { OpenTurn } from './follow-turn.ts';
import { formatPosition } from './turn-position.ts';

/**
 * Sends a turn as events: `turn`, then the answer from `offset` on as it comes, then `error` if it failed, then `done`.
 * A reader that leaves does not stop the turn.
 */
export function streamTurn(res: ServerResponse, turn: OpenTurn, offset: number, requestId: string): void {
  const { turn_id: turnId } = turn.ids;
  let leave = (): void => {};
  const stream = openEventStream(res, () => leave());
  stream.send('turn', JSON.stringify(turn.ids), formatPosition(turnId, offset));
  leave = turn.follow(offset, {
    text: (text, position) => stream.send('message', text, formatPosition(turnId, position)),
    tool: (event) => stream.send('tool', JSON.stringify(event)),
    end: ({ done, fault }) => {
      if (fault) {
        const { retryable } = fault;
        const body = new AppError(fault.code, fault.detail).toBody(requestId);
        stream.send('error', JSON.stringify({ ...body, retryable }));
      }
      stream.send('done', JSON.stringify(done), formatPosition(turnId, 'done'));
      stream.end();
    },
  });
}
