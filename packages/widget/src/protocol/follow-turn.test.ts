import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createFakeApi } from '../test/fake-api.ts';
import { ChatError } from './errors.ts';
import { followTurn, type FollowEvent, type TurnStart } from './follow-turn.ts';
import type { Network } from './network.ts';

const network = (): Network & { pauses: number } => ({
  pauses: 0,
  isOnline: () => true,
  async pause() {
    this.pauses++;
  },
});
const ask: TurnStart = { ask: { message: 'hi', client_message_id: 'c1' }, streaming: true };

async function follow(api: ReturnType<typeof createFakeApi>, start = ask, line: Network = network()) {
  const events: FollowEvent[] = [];
  for await (const event of followTurn(api, line, start, new AbortController().signal)) events.push(event);
  return { events, text: events.map((event) => (event.type === 'message' ? event.text : '')).join('') };
}

test('an answer comes whole over one connection', async () => {
  const api = createFakeApi({ pieces: ['Hel', 'lo'] });
  expect((await follow(api)).text).toBe('Hello');
  expect(api.calls).toEqual(['stream c1']);
});

test('a broken line is rejoined after the last position seen, and said so', async () => {
  const api = createFakeApi({ pieces: ['a', 'b', 'c'], cuts: [2] });
  const { events, text } = await follow(api);
  expect(text).toBe('abc');
  expect(api.calls).toEqual(['stream c1', 'rejoin t1 2']);
  expect(events.filter(({ type }) => type === 'connection')).toEqual([
    { type: 'connection', state: 'reconnecting' },
    { type: 'connection', state: 'connected' },
  ]);
});

test('wherever and however often the line breaks, nothing is missing and nothing comes twice', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.string(), { maxLength: 12 }),
      fc.array(fc.nat(4), { maxLength: 10 }),
      async (pieces, cuts) => {
        expect((await follow(createFakeApi({ pieces, cuts }))).text).toBe(pieces.join(''));
      },
    ),
  );
});

test('an answer under way is joined from its beginning', async () => {
  const api = createFakeApi({ pieces: ['a', 'b'] });
  expect((await follow(api, { turnId: 't1' })).text).toBe('ab');
  expect(api.calls).toEqual(['rejoin t1 ']);
});

test('a message that may not have arrived is asked again under the same id, a few times', async () => {
  const api = createFakeApi({ pieces: ['x'], refusals: [new ChatError('NETWORK'), new ChatError('NOT_READY')] });
  const line = network();
  expect((await follow(api, ask, line)).text).toBe('x');
  expect(api.calls).toEqual(['stream c1', 'stream c1', 'stream c1']);
  expect(line.pauses).toBe(2);
});

test('a server that stays away is not asked for ever', async () => {
  const api = createFakeApi({ pieces: [], refusals: Array.from({ length: 9 }, () => new ChatError('NETWORK')) });
  await expect(follow(api)).rejects.toMatchObject({ code: 'NETWORK' });
  expect(api.calls).toHaveLength(3);
});

test('a refusal is final at once', async () => {
  const api = createFakeApi({ pieces: [], refusals: [new ChatError('BUDGET_EXCEEDED')] });
  await expect(follow(api)).rejects.toMatchObject({ code: 'BUDGET_EXCEEDED' });
  expect(api.calls).toHaveLength(1);
});

test('L3: coming back past a limit waits as long as the server asks, and a little longer; nobody sends a message again unasked', async () => {
  const pauses: number[] = [];
  const line: Network = { isOnline: () => true, pause: async (ms) => void pauses.push(ms) };
  const limit = new ChatError('RATE_LIMIT_EXCEEDED', { retryAfterSeconds: 7 });
  const api = createFakeApi({ pieces: ['a', 'b'], cuts: [1], rejoinRefusals: [limit] });
  expect((await follow(api, ask, line)).text).toBe('ab');
  expect(api.calls).toEqual(['stream c1', 'rejoin t1 1', 'rejoin t1 1']);
  expect(pauses[1]).toBeGreaterThan(7_000);

  const refused = createFakeApi({ pieces: ['a'], refusals: [limit] });
  await expect(follow(refused)).rejects.toMatchObject({ code: 'RATE_LIMIT_EXCEEDED', retryAfterSeconds: 7 });
  expect(refused.calls).toHaveLength(1);
});

test('a server that accepts and drops every connection meets the end of the attempts', async () => {
  const api = createFakeApi({ pieces: ['a'], cuts: Array.from({ length: 99 }, () => 0) });
  await expect(follow(api)).rejects.toMatchObject({ code: 'STREAM_LOST' });
  expect(api.calls).toHaveLength(40);
});

test('while the browser is offline nothing is tried', async () => {
  let offlineChecks = 3;
  const line: Network = {
    isOnline: () => offlineChecks === 0,
    pause: async () => void (offlineChecks = Math.max(0, offlineChecks - 1)),
  };
  const api = createFakeApi({ pieces: ['a', 'b'], cuts: [1] });
  const { events, text } = await follow(api, ask, line);
  expect(text).toBe('ab');
  expect(events).toContainEqual({ type: 'connection', state: 'offline' });
  expect(api.calls).toEqual(['stream c1', 'rejoin t1 1']);
});

test('an error event that nothing follows ends the turn with that error', async () => {
  const api = createFakeApi({ pieces: ['a'], errorAfter: { code: 'UPSTREAM_TIMEOUT', hasDone: false } });
  await expect(follow(api)).rejects.toMatchObject({ code: 'UPSTREAM_TIMEOUT' });
  expect(api.calls).toHaveLength(1);
});

test('a whole answer is told as events', async () => {
  const api = createFakeApi({ pieces: ['a', 'b'] });
  const { text, events } = await follow(api, { ...ask, streaming: false });
  expect(text).toBe('ab');
  expect(events.at(-1)?.type).toBe('done');
  expect(api.calls).toEqual(['whole c1']);
});
