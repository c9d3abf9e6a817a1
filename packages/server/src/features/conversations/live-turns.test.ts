import { describe, expect, it } from 'vitest';
import { LiveTurn, type TurnEnd } from './live-turn.ts';
import { createLiveTurns } from './live-turns.ts';

const ids = { turn_id: 't', user_message_id: 'u', message_id: 'm', session_id: 's' };
const end: TurnEnd = {
  done: { message_id: 'm', finish_reason: 'stop', status: 'complete', usage: null, citations: [] },
  fault: null,
};

describe('the turns of a process that ends (S8)', () => {
  it('are not settled while one is being stored, nor before that one has ended', async () => {
    const turns = createLiveTurns();
    const seen: string[] = [];
    const expected = turns.expect();
    const settled = turns.settled().then(() => seen.push('settled'));
    await Promise.resolve();
    seen.push('stored');
    const turn = new LiveTurn(ids, 'account');
    turns.add(turn);
    expected.release();
    await new Promise((resolve) => setImmediate(resolve));
    seen.push('ended');
    turn.finish(end);
    turns.remove(turn);
    await settled;
    expect(seen).toEqual(['stored', 'ended', 'settled']);
    expect(turns.count()).toBe(0);
  });

  it('are settled when the one that was expected is refused', async () => {
    const turns = createLiveTurns();
    const expected = turns.expect();
    const settled = turns.settled();
    expected.release();
    await settled;
    expect(turns.count()).toBe(0);
  });
});
