import { expect, test } from 'vitest';
import type { Call } from './create-caller.ts';
import { createTurnApi } from './turn-api.ts';

const { signal } = new AbortController();

function setUp(body: unknown, headers: Record<string, string> = {}) {
  const calls: Parameters<Call>[] = [];
  const call: Call = async (...input) => {
    calls.push(input);
    return new Response(typeof body === 'string' ? body : JSON.stringify(body), { headers });
  };
  return { api: createTurnApi(call, async () => {}), calls };
}

test('a whole answer is told as turn, text and end, with its sources', async () => {
  const citations = [{ index: 1, title: 'Returns', section: null, quote: 'q', url: null }];
  const message = { id: 'm', content: 'Hello', status: 'complete', metadata: { finish_reason: 'stop', citations } };
  const { api } = setUp({ session_id: 's', message, user_message: { id: 'u' }, usage: null });
  const events = [];
  for await (const event of api.whole({ message: 'hi' }, signal)) events.push(event);
  expect(events).toEqual([
    { type: 'turn', turn: { turn_id: '', session_id: 's', user_message_id: 'u', message_id: 'm' } },
    { type: 'message', text: 'Hello', position: '' },
    { type: 'done', done: { message_id: 'm', status: 'complete', finish_reason: 'stop', citations, usage: null } },
  ]);
});

test('rejoining names the turn and the last position, and no position when there is none', async () => {
  const { api, calls } = setUp('event: done\ndata: {"message_id":"m"}\n\n', { 'content-type': 'text/event-stream' });
  for (const position of ['7', '']) {
    for await (const event of api.rejoin('t/1', position, signal)) expect(event.type).toBe('done');
  }
  expect(calls.map(([path, options]) => [path, options?.headers])).toEqual([
    ['/stream?turn=t%2F1', { Accept: 'text/event-stream', 'Last-Event-ID': '7' }],
    ['/stream?turn=t%2F1', { Accept: 'text/event-stream' }],
  ]);
});
