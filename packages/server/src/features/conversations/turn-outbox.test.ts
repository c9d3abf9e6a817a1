import { describe, expect, it } from 'vitest';
import { LiveTurn, type TurnEnd } from './live-turn.ts';
import { createTurnOutbox } from './turn-outbox.ts';

const ids = { turn_id: 't', user_message_id: 'u', message_id: 'm', session_id: 's' };
const end: TurnEnd = {
  done: { message_id: 'm', finish_reason: 'stop', status: 'complete', usage: null, citations: [] },
  fault: null,
};
const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

describe('an outbox', () => {
  it('joins text, and keeps tools between what came before and after', async () => {
    const turn = new LiveTurn(ids, 'account');
    const outbox = createTurnOutbox(turn);
    turn.append('a');
    await nextTurn();
    turn.append('b');
    turn.tool({ name: 'search', status: 'started' });
    turn.append('c');
    turn.finish(end);
    expect(outbox.take()).toEqual([
      { from: '0', text: 'ab' },
      { from: '2', tool: '{"name":"search","status":"started"}' },
      { from: '2', text: 'c' },
      { end: '1' },
    ]);
    expect([outbox.take(), outbox.hasEnded]).toEqual([[], true]);
  });

  it('sends all of it again after a loss, and nothing twice after that', async () => {
    const turn = new LiveTurn(ids, 'account');
    const outbox = createTurnOutbox(turn);
    turn.append('one ');
    await nextTurn();
    outbox.take();
    turn.append('two ');
    // Before the text has reached the readers: it must not come a second time when it does.
    outbox.rewind();
    await nextTurn();
    turn.append('three');
    await nextTurn();
    expect(outbox.take()).toEqual([{ from: '0', text: 'one two three' }]);
  });

  it('is not a reader: who asks for nobody to be left finds nobody', () => {
    const turn = new LiveTurn(ids, 'account');
    createTurnOutbox(turn);
    expect(turn.readerCount).toBe(0);
  });
});
