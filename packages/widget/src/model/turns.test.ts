import { describe, expect, test } from 'vitest';
import { ChatError } from '../protocol/errors.ts';
import { eventually } from '../test/eventually.ts';
import type { createFakeApi } from '../test/fake-api.ts';
import { createMemoryStorage } from '../test/memory-storage.ts';
import { createGate, historyOf, stored, setUpChat } from '../test/set-up-chat.ts';
import { createOutbox } from './outbox.ts';

test('a message is sent once, answered piece by piece, and told to the page', async () => {
  const { api, chat, emitted, isIdle, shown } = setUpChat({ pieces: ['Hel', 'lo'] });
  expect(chat.send('hi')).toBe(true);
  expect(shown()).toEqual(['user sending: hi']);
  await isIdle();
  expect(shown()).toEqual(['user complete: hi', 'assistant complete: Hello']);
  expect(api.calls).toEqual(['history', expect.stringMatching(/^stream [0-9a-f-]{36}$/)]);
  expect(api.bodies[0]).toMatchObject({ message: 'hi', context: { page: '/cart' } });
  expect(emitted).toEqual(['message:sent', 'stream:start', 'stream:end', 'message:received']);
});

test('pieces are shown once per frame, not one by one', async () => {
  const gate = createGate();
  const { chat, flushes, shown, isIdle } = setUpChat({
    pieces: ['a', 'b', 'c', 'd'],
    beforePiece: (index) => (index === 3 ? gate.opened : Promise.resolve()),
  });
  chat.send('hi');
  await eventually(() => expect(flushes).toHaveLength(1));
  await new Promise((resolve) => setTimeout(resolve));
  expect(shown()[1]).toBe('assistant waiting: ');
  expect(flushes).toHaveLength(1);
  flushes[0]!();
  expect(shown()[1]).toBe('assistant streaming: abc');
  gate.open();
  await isIdle();
  expect(shown()[1]).toBe('assistant complete: abcd');
});

test('a message that could not be sent is sent again under the same id', async () => {
  const refusals = Array.from({ length: 3 }, () => new ChatError('NETWORK'));
  const { api, chat, isIdle, shown, emitted } = setUpChat({ pieces: ['x'], refusals });
  chat.send('hi');
  await isIdle();
  expect(shown()).toEqual(['user failed: hi']);
  expect(chat.messages.value[0]!.state.value.error?.code).toBe('NETWORK');
  expect(emitted).toContain('error');
  chat.retry(chat.messages.value[0]!);
  await isIdle();
  expect(shown()).toEqual(['user complete: hi', 'assistant complete: x']);
  expect(new Set(api.bodies.map((body) => body.client_message_id)).size).toBe(1);
});

test('an answer that failed is asked anew, in the place of the old question', async () => {
  const answer: Parameters<typeof createFakeApi>[0] = {
    pieces: ['half'],
    errorAfter: { code: 'UPSTREAM_ERROR', hasDone: true },
  };
  const { api, chat, isIdle, shown } = setUpChat(answer);
  chat.send('hi');
  await isIdle();
  expect(shown()).toEqual(['user complete: hi', 'assistant error: half']);
  delete answer.errorAfter;
  chat.retry(chat.messages.value[1]!);
  await isIdle();
  expect(shown()).toEqual(['user complete: hi', 'assistant complete: half']);
  expect(api.bodies[1]).toMatchObject({ message: 'hi', replaces: 'u1' });
  expect(api.bodies[1]!.client_message_id).not.toBe(api.bodies[0]!.client_message_id);
});

test('a line that breaks is rejoined without a seam, and shown as reconnecting meanwhile', async () => {
  const { api, chat, isIdle, shown } = setUpChat({ pieces: ['a', 'b', 'c'], cuts: [1, 1] });
  const states: string[] = [];
  chat.connection.subscribe((state) => states.push(state));
  chat.send('hi');
  await isIdle();
  expect(shown()[1]).toBe('assistant complete: abc');
  expect(states).toEqual(['connected', 'reconnecting', 'connected', 'reconnecting', 'connected']);
  expect(api.calls.slice(2)).toEqual(['rejoin t1 1', 'rejoin t1 2']);
});

test('a line that stays away can be rejoined by hand: nothing is asked twice', async () => {
  const answer = { pieces: ['a', 'b'], cuts: Array.from({ length: 40 }, () => 0) };
  const { api, chat, isIdle, shown } = setUpChat(answer);
  chat.send('hi');
  await isIdle();
  expect(shown()).toEqual(['user complete: hi', 'assistant error: ']);
  chat.retry(chat.messages.value[1]!);
  await isIdle();
  expect(shown()).toEqual(['user complete: hi', 'assistant complete: ab']);
  expect(api.bodies).toHaveLength(1);
});

test('what is on screen never shrinks while an answer is read again from its beginning', async () => {
  const gate = createGate();
  const messages = [stored('u1', 'user', 'hi'), stored('m1', 'assistant', 'abc', { status: 'pending' })];
  const { chat, flushes, shown, isIdle } = setUpChat({
    pieces: ['a', 'b', 'c', 'd'],
    history: historyOf(messages, 't1'),
    beforePiece: (index) => (index === 2 ? gate.opened : Promise.resolve()),
  });
  await chat.connect();
  await eventually(() => expect(flushes).toHaveLength(1));
  flushes[0]!();
  expect(shown()[1]).toMatch(/: abc$/);
  gate.open();
  await isIdle();
  expect(shown()[1]).toBe('assistant complete: abcd');
});

test('a first message waits for the answer that was under way before', async () => {
  const gate = createGate();
  const messages = [stored('u1', 'user', 'first'), stored('m1', 'assistant', '', { status: 'pending' })];
  const { api, chat, isIdle, shown } = setUpChat({
    pieces: ['x'],
    history: historyOf(messages, 't1'),
    beforePiece: () => gate.opened,
  });
  api.stored.turns = 1;
  chat.send('second');
  await eventually(() => expect(api.calls).toContain('rejoin t1 '));
  expect(api.bodies).toHaveLength(0);
  gate.open();
  await eventually(() => expect(api.bodies).toHaveLength(1));
  await isIdle();
  expect(shown().map((line) => line.split(':')[1])).toEqual([' first', ' x', ' second', ' x']);
});

test('stopping is told to the server, and what has come is kept', async () => {
  const gate = createGate();
  const { api, chat, isIdle, shown } = setUpChat({
    pieces: ['a', 'b', 'c'],
    beforePiece: (index) => (index === 1 ? gate.opened : Promise.resolve()),
  });
  chat.send('hi');
  await eventually(() => expect(chat.activity.value).toBe('streaming'));
  chat.stop();
  chat.stop();
  expect(chat.activity.value).toBe('stopping');
  await eventually(() => expect(api.calls).toContain('stop t1'));
  gate.open();
  await isIdle();
  expect(shown()[1]).toBe('assistant complete: ab');
  expect(chat.messages.value[1]!.state.value.finishReason).toBe('stopped');
  expect(api.calls.filter((call) => call === 'stop t1')).toHaveLength(1);
});

test('stopping before the first event takes effect with it', async () => {
  const { api, chat, isIdle } = setUpChat({ pieces: ['a'] });
  chat.send('hi');
  chat.stop();
  await isIdle();
  expect(api.calls).toContain('stop t1');
});

test('without streaming the answer comes in one piece', async () => {
  const { api, chat, isIdle, shown } = setUpChat({ pieces: ['a', 'b'] }, { streaming: false });
  chat.send('hi');
  await isIdle();
  expect(shown()[1]).toBe('assistant complete: ab');
  expect(api.calls[1]).toMatch(/^whole /);
});

test('a rating is shown at once and taken back when it could not be stored', async () => {
  const { api, chat, isIdle } = setUpChat({ pieces: ['a'] });
  chat.send('hi');
  await isIdle();
  const answer = chat.messages.value[1]!;
  await chat.rate(answer, 'up');
  expect(answer.state.value.rating).toBe('up');
  expect(api.calls).toContain('rate m1 up');
});

test('a comment goes along with its rating, and a fault takes both back', async () => {
  const { api, chat, isIdle } = setUpChat({ pieces: ['a'] });
  chat.send('hi');
  await isIdle();
  const answer = chat.messages.value[1]!;
  expect(await chat.rate(answer, 'down', 'Too short')).toBe(true);
  expect(api.calls).toContain('rate m1 down Too short');
  api.stored.refusesRating = true;
  expect(await chat.rate(answer, 'up', 'No')).toBe(false);
  expect(answer.state.value.rating).toBe('down');
  expect(chat.notice.value?.code).toBe('NETWORK');
});

describe('without a network', () => {
  function setUpOffline(storage = createMemoryStorage()) {
    let comeBack = () => {};
    const isBack = new Promise<void>((resolve) => (comeBack = resolve));
    let isOnline = false;
    const refusals = [new ChatError('OFFLINE')];
    const part = setUpChat({ pieces: ['x'], refusals }, { storage, isOnline: () => isOnline, pause: () => isBack });
    return { ...part, comeBack: () => ((isOnline = true), comeBack()) };
  }

  test('a message waits in sight and goes out once when the network is back', async () => {
    const { api, chat, comeBack, isIdle, shown, storage } = setUpOffline();
    chat.send('hi');
    await eventually(() => expect(chat.connection.value).toBe('offline'));
    expect(shown()).toEqual(['user sending: hi']);
    expect(storage.get('outbox')).toContain('hi');
    comeBack();
    await isIdle();
    expect(shown()).toEqual(['user complete: hi', 'assistant complete: x']);
    expect(new Set(api.bodies.map((body) => body.client_message_id)).size).toBe(1);
    expect(storage.get('outbox')).toBeNull();
  });

  test('a message that waits can be taken back, and sent later under the same id', async () => {
    const { api, chat, comeBack, isIdle, shown, storage } = setUpOffline();
    chat.send('hi');
    await eventually(() => expect(chat.connection.value).toBe('offline'));
    chat.stop();
    expect(shown()).toEqual(['user failed: hi']);
    expect(chat.isBusy.value).toBe(false);
    expect(storage.get('outbox')).toBeNull();
    comeBack();
    chat.retry(chat.messages.value[0]!);
    await isIdle();
    expect(shown()).toEqual(['user complete: hi', 'assistant complete: x']);
    expect(new Set(api.bodies.map((body) => body.client_message_id)).size).toBe(1);
  });

  test('a message that a page could not send is sent by the next one, under the same id', async () => {
    const first = setUpOffline();
    first.chat.send('hi');
    await eventually(() => expect(first.chat.connection.value).toBe('offline'));
    first.chat.disconnect();
    const second = setUpChat({ pieces: ['x'] }, { storage: first.storage });
    second.chat.sendUnsent();
    await second.isIdle();
    expect(second.shown()).toEqual(['user complete: hi', 'assistant complete: x']);
    expect(second.api.bodies[0]).toEqual(first.api.bodies[0]);
    second.chat.sendUnsent();
    expect(second.api.bodies).toHaveLength(1);
  });

  test('a message that the server had after all is not shown twice', async () => {
    const storage = createMemoryStorage();
    createOutbox(storage).set({ message: 'hi', client_message_id: 'known' });
    const messages = [stored('u1', 'user', 'hi'), stored('m1', 'assistant', 'x')];
    const { chat, isIdle, shown } = setUpChat({ pieces: ['x'], history: historyOf(messages) }, { storage });
    chat.sendUnsent();
    await isIdle();
    expect(shown()).toEqual(['user complete: hi', 'assistant complete: x']);
  });
});
