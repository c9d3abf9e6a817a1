import { describe, expect, it } from 'vitest';
import { LiveTurn, type TurnEnd, type TurnReader } from './live-turn.ts';

const ids = { turn_id: 't', user_message_id: 'u', message_id: 'm', session_id: 's' };
const end: TurnEnd = {
  done: { message_id: 'm', finish_reason: 'stop', status: 'complete', usage: null, citations: [] },
  fault: null,
};
const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

function readerOf(): TurnReader & { got: string[] } {
  const got: string[] = [];
  return {
    got,
    text: (text, offset) => got.push(`${text}@${offset}`),
    tool: ({ name }) => got.push(`tool ${name}`),
    end: () => got.push('end'),
  };
}

describe('a live turn', () => {
  it('gives every reader the text that came together as one piece', async () => {
    const turn = new LiveTurn(ids, 'account');
    const readers = [readerOf(), readerOf()];
    for (const reader of readers) turn.follow(0, reader);
    turn.append('a');
    turn.append('bc');
    await nextTurn();
    turn.append('d');
    turn.finish(end);
    for (const { got } of readers) expect(got).toEqual(['abc@3', 'd@4', 'end']);
  });

  it('gives a late reader exactly the rest, also when it comes between two flushes', async () => {
    const turn = new LiveTurn(ids, 'account');
    const early = readerOf();
    turn.follow(0, early);
    turn.append('abc');
    const late = readerOf();
    turn.follow(1, late);
    turn.append('d');
    await nextTurn();
    expect(early.got).toEqual(['abc@3', 'd@4']);
    expect(late.got).toEqual(['bc@3', 'd@4']);
  });

  it('keeps a tool between the text before and after it', () => {
    const turn = new LiveTurn(ids, 'account');
    const reader = readerOf();
    turn.follow(0, reader);
    turn.append('before');
    turn.tool({ name: 'vector_search', status: 'started' });
    turn.append('after');
    turn.finish(end);
    expect(reader.got).toEqual(['before@6', 'tool vector_search', 'after@11', 'end']);
  });

  it('tells a reader that comes after the end, and nobody who has left', async () => {
    const turn = new LiveTurn(ids, 'account');
    const gone = readerOf();
    turn.follow(0, gone)();
    turn.append('text');
    turn.finish(end);
    const late = readerOf();
    turn.follow(4, late);
    expect([gone.got, late.got]).toEqual([[], ['end']]);
    expect(await turn.ended).toBe(end);
  });
});
