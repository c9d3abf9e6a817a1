import type { History, Message } from '@salient/shared-types';
import { afterEach, describe, expect, test } from 'vitest';
import { eventually } from '../test/eventually.ts';
import { ChatError } from '../protocol/errors.ts';
import { createFakeApi } from '../test/fake-api.ts';
import { loadedTurns } from '../test/loaded-turns.ts';
import { createMemoryStorage } from '../test/memory-storage.ts';
import { ChatModel, type Chat } from './chat.ts';
import { createConsent } from './consent.ts';
import { createIdentityMark } from './identity-mark.ts';
import { createOutbox } from './outbox.ts';
import type { WidgetStorage } from './storage.ts';

const chats: Chat[] = [];
afterEach(() => {
  for (const chat of chats.splice(0)) chat.disconnect();
});

interface SetUpOptions {
  streaming?: boolean;
  isOnline?: () => boolean;
  pause?: () => Promise<void>;
  storage?: WidgetStorage;
  consentText?: string;
}

function setUp(answer: Parameters<typeof createFakeApi>[0], options: SetUpOptions = {}) {
  const { streaming = true, isOnline = () => true, pause = async () => {}, storage = createMemoryStorage() } = options;
  const api = createFakeApi(answer);
  const emitted: string[] = [];
  const flushes: (() => void)[] = [];
  const chat = new ChatModel({
    api,
    turns: loadedTurns(api, (flush) => {
      flushes.push(flush);
      return () => void flushes.splice(flushes.indexOf(flush), 1);
    }),
    network: { isOnline, pause },
    emit: (name) => void emitted.push(name),
    settings: () => ({ streaming, historyLimit: 50, maxMessageChars: 20 }),
    context: () => ({ page: '/cart' }),
    outbox: createOutbox(storage),
    consent: createConsent(storage, () => options.consentText),
    identityMark: createIdentityMark(storage),
  });
  chats.push(chat);
  const isIdle = () => eventually(() => expect(chat.activity.value).toBe('idle'));
  const shown = () =>
    chat.messages.value.map(({ role, state }) => `${role} ${state.value.status}: ${state.value.content}`);
  return { api, chat, emitted, flushes, isIdle, shown, storage };
}

function stored(id: string, role: 'user' | 'assistant', content: string, more: Partial<Message> = {}): Message {
  return { id, role, content, status: 'complete', created_at: '2026-01-01T00:00:00Z', metadata: {}, ...more };
}

function historyOf(messages: Message[], activeTurn: string | null = null): History {
  return { session_id: 's', messages, active_turn: activeTurn ? { id: activeTurn } : null, next_cursor: null };
}

/** Holds an answer back until `open` is called. */
function createGate() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { open, opened };
}

test('a message is sent once, answered piece by piece, and told to the page', async () => {
  const { api, chat, emitted, isIdle, shown } = setUp({ pieces: ['Hel', 'lo'] });
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
  const { chat, flushes, shown, isIdle } = setUp({
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

test('what is blank, too long, or comes while an answer is written is not sent', async () => {
  const { api, chat, isIdle } = setUp({ pieces: ['x'] });
  expect(chat.send(' \n ')).toBe(false);
  expect(chat.send('x'.repeat(21))).toBe(false);
  expect(chat.send('😀'.repeat(20))).toBe(true);
  expect(chat.send('again')).toBe(false);
  await isIdle();
  expect(api.bodies).toHaveLength(1);
});

test('a message that could not be sent is sent again under the same id', async () => {
  const refusals = Array.from({ length: 3 }, () => new ChatError('NETWORK'));
  const { api, chat, isIdle, shown, emitted } = setUp({ pieces: ['x'], refusals });
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
  const { api, chat, isIdle, shown } = setUp(answer);
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
  const { api, chat, isIdle, shown } = setUp({ pieces: ['a', 'b', 'c'], cuts: [1, 1] });
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
  const { api, chat, isIdle, shown } = setUp(answer);
  chat.send('hi');
  await isIdle();
  expect(shown()).toEqual(['user complete: hi', 'assistant error: ']);
  chat.retry(chat.messages.value[1]!);
  await isIdle();
  expect(shown()).toEqual(['user complete: hi', 'assistant complete: ab']);
  expect(api.bodies).toHaveLength(1);
});

test('the history is loaded once, and an answer under way is joined', async () => {
  const messages = [stored('u1', 'user', 'hi'), stored('m1', 'assistant', 'a', { status: 'pending' })];
  const { api, chat, isIdle, shown } = setUp({ pieces: ['a', 'b'], history: historyOf(messages, 't1') });
  await Promise.all([chat.connect(), chat.connect()]);
  await isIdle();
  expect(shown()).toEqual(['user complete: hi', 'assistant complete: ab']);
  expect(api.calls).toEqual(['history', 'rejoin t1 ']);
});

test('what is on screen never shrinks while an answer is read again from its beginning', async () => {
  const gate = createGate();
  const messages = [stored('u1', 'user', 'hi'), stored('m1', 'assistant', 'abc', { status: 'pending' })];
  const { chat, flushes, shown, isIdle } = setUp({
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
  const { api, chat, isIdle, shown } = setUp({
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

test('what a crash left of an answer is shown as cut short', async () => {
  const messages = [stored('u1', 'user', 'hi'), stored('m1', 'assistant', 'ha', { status: 'pending' })];
  const { chat, shown } = setUp({ pieces: [], history: historyOf(messages) });
  await chat.connect();
  expect(shown()).toEqual(['user complete: hi', 'assistant partial: ha']);
});

test('a history that cannot be had is a state with a way out', async () => {
  const { api, chat, shown } = setUp({ pieces: [], history: new ChatError('AGENT_NOT_FOUND') });
  await chat.connect();
  expect(chat.history.value).toBe('failed');
  expect(chat.historyError.value?.code).toBe('AGENT_NOT_FOUND');
  api.stored.history = historyOf([stored('u1', 'user', 'hi')]);
  await chat.connect();
  expect(chat.history.value).toBe('loaded');
  expect(shown()).toEqual(['user complete: hi']);
});

test('stopping is told to the server, and what has come is kept', async () => {
  const gate = createGate();
  const { api, chat, isIdle, shown } = setUp({
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
  const { api, chat, isIdle } = setUp({ pieces: ['a'] });
  chat.send('hi');
  chat.stop();
  await isIdle();
  expect(api.calls).toContain('stop t1');
});

test('without streaming the answer comes in one piece', async () => {
  const { api, chat, isIdle, shown } = setUp({ pieces: ['a', 'b'] }, { streaming: false });
  chat.send('hi');
  await isIdle();
  expect(shown()[1]).toBe('assistant complete: ab');
  expect(api.calls[1]).toMatch(/^whole /);
});

test('a new conversation begins empty, and the old answer no longer writes into it', async () => {
  const gate = createGate();
  const { chat, shown } = setUp({ pieces: ['a'], beforePiece: () => gate.opened });
  chat.send('hi');
  await eventually(() => expect(chat.messages.value).toHaveLength(2));
  await chat.reset();
  gate.open();
  await new Promise((resolve) => setTimeout(resolve));
  expect(shown()).toEqual([]);
  expect(chat.activity.value).toBe('idle');
});

test('a rating is shown at once and taken back when it could not be stored', async () => {
  const { api, chat, isIdle } = setUp({ pieces: ['a'] });
  chat.send('hi');
  await isIdle();
  const answer = chat.messages.value[1]!;
  await chat.rate(answer, 'up');
  expect(answer.state.value.rating).toBe('up');
  expect(api.calls).toContain('rate m1 up');
});

test('a comment goes along with its rating, and a fault takes both back', async () => {
  const { api, chat, isIdle } = setUp({ pieces: ['a'] });
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

test('the last answer can be asked for again: its turn is replaced, in sight and on the server', async () => {
  const { api, chat, emitted, isIdle, shown } = setUp({ pieces: ['x'] });
  chat.send('one');
  await isIdle();
  chat.send('two');
  await isIdle();
  emitted.length = 0;
  expect(chat.askAgain()).toBe(true);
  expect(shown()).toEqual(['user complete: one', 'assistant complete: x', 'user sending: two']);
  await isIdle();
  expect(shown()).toEqual([
    'user complete: one',
    'assistant complete: x',
    'user complete: two',
    'assistant complete: x',
  ]);
  expect(api.bodies[2]).toMatchObject({ message: 'two', replaces: 'u2' });
  expect(emitted).not.toContain('message:sent');
});

test('the last question can be sent in other words, within the same limits', async () => {
  const { api, chat, emitted, isIdle, shown } = setUp({ pieces: ['x'] });
  expect(chat.askAgain('before anything was said')).toBe(false);
  chat.send('helo');
  await isIdle();
  expect(chat.askAgain('x'.repeat(21))).toBe(false);
  expect(chat.askAgain(' ')).toBe(false);
  expect(chat.askAgain('hello')).toBe(true);
  await isIdle();
  expect(shown()).toEqual(['user complete: hello', 'assistant complete: x']);
  expect(api.bodies[1]).toMatchObject({ message: 'hello', replaces: 'u1' });
  expect(emitted.filter((name) => name === 'message:sent')).toHaveLength(2);
});

describe('without a network', () => {
  function setUpOffline(storage = createMemoryStorage()) {
    let comeBack = () => {};
    const isBack = new Promise<void>((resolve) => (comeBack = resolve));
    let isOnline = false;
    const refusals = [new ChatError('OFFLINE')];
    const part = setUp({ pieces: ['x'], refusals }, { storage, isOnline: () => isOnline, pause: () => isBack });
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
    const second = setUp({ pieces: ['x'] }, { storage: first.storage });
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
    const { chat, isIdle, shown } = setUp({ pieces: ['x'], history: historyOf(messages) }, { storage });
    chat.sendUnsent();
    await isIdle();
    expect(shown()).toEqual(['user complete: hi', 'assistant complete: x']);
  });
});

describe('several tabs', () => {
  test('what another tab has said and replaced is taken over, and what is known stays the same object', async () => {
    const old = [stored('u0', 'user', 'hi'), stored('m0', 'assistant', 'x')];
    const { api, chat, shown } = setUp({ pieces: [], history: historyOf([...old, stored('u1', 'user', 'old')]) });
    await chat.connect();
    const [kept] = chat.messages.value;
    api.stored.history = historyOf([...old, stored('u2', 'user', 'new'), stored('m2', 'assistant', 'y')]);
    await chat.refresh();
    expect(shown().map((line) => line.split(': ')[1])).toEqual(['hi', 'x', 'new', 'y']);
    expect(chat.messages.value[0]).toBe(kept);
  });

  test('an answer that another tab asked for is joined', async () => {
    const { api, chat, isIdle, shown } = setUp({ pieces: ['a', 'b'] });
    await chat.connect();
    api.stored.history = historyOf([stored('u1', 'user', 'elsewhere')], 't1');
    await chat.refresh();
    expect(chat.isRejoining.value).toBe(true);
    await isIdle();
    expect(shown()).toEqual(['user complete: elsewhere', 'assistant complete: ab']);
    expect(chat.isRejoining.value).toBe(false);
  });

  test('a message waits for the answer of another tab, and stands after it', async () => {
    const { api, chat, isIdle, shown } = setUp({ pieces: ['a'], refusals: [new ChatError('TURN_IN_PROGRESS')] });
    await chat.connect();
    api.stored.history = historyOf([stored('u1', 'user', 'elsewhere')], 't1');
    api.stored.turns = 1;
    chat.send('here');
    await eventually(() => expect(api.bodies).toHaveLength(2));
    await isIdle();
    expect(shown().map((line) => line.split(': ')[1])).toEqual(['elsewhere', 'a', 'here', 'a']);
    expect(api.bodies[0]).toEqual(api.bodies[1]);
  });

  test('a conversation that could not be loaded is loaded when the visitor is back', async () => {
    const { api, chat, shown } = setUp({ pieces: [], history: new ChatError('TIMEOUT') });
    await chat.connect();
    api.stored.history = historyOf([stored('u1', 'user', 'hi')]);
    await chat.refresh();
    expect(shown()).toEqual(['user complete: hi']);
  });
});

describe('earlier messages', () => {
  test('are put before the others, a page at a time', async () => {
    const { api, chat, shown } = setUp({
      pieces: [],
      history: { ...historyOf([stored('u2', 'user', 'second')]), next_cursor: 'u2' },
    });
    await chat.connect();
    api.stored.history = historyOf([stored('u1', 'user', 'first')]);
    await Promise.all([chat.loadEarlier(), chat.loadEarlier()]);
    expect(shown().map((line) => line.split(': ')[1])).toEqual(['first', 'second']);
    expect(chat.earlierCursor.value).toBeNull();
    expect(api.calls).toEqual(['history', 'history u2']);
  });

  test('that cannot be had can be asked for again', async () => {
    const { api, chat } = setUp({
      pieces: [],
      history: { ...historyOf([stored('u2', 'user', 'second')]), next_cursor: 'u2' },
    });
    await chat.connect();
    api.stored.history = new ChatError('NETWORK');
    await chat.loadEarlier();
    expect([chat.earlier.value, chat.earlierCursor.value]).toEqual(['failed', 'u2']);
    api.stored.history = historyOf([stored('u1', 'user', 'first')]);
    await chat.loadEarlier();
    expect([chat.earlier.value, chat.earlierCursor.value]).toEqual(['idle', null]);
  });
});

describe('where the site asks for consent', () => {
  const asked = historyOf([stored('q', 'user', 'hi'), stored('a', 'assistant', 'Hello.')]);

  test('a message that is sent before the conversation has come does not bring it again', async () => {
    const storage = createMemoryStorage();
    storage.set('consent', 'We keep it.');
    const { api, chat, isIdle } = setUp({ pieces: ['x'], history: asked }, { storage, consentText: 'We keep it.' });
    chat.send('more');
    await isIdle();
    expect(api.bodies).toHaveLength(1);
    expect(api.bodies[0]).not.toHaveProperty('consent');
  });

  test('a message that could not be sent before the page was left brings it', async () => {
    const storage = createMemoryStorage();
    const body = { message: 'more', client_message_id: 'unsent', consent: 'We keep it.' };
    storage.set('outbox', JSON.stringify({ body, at: Date.now() }));
    const { api, chat, isIdle } = setUp({ pieces: ['x'], history: asked }, { storage, consentText: 'We keep it.' });
    chat.sendUnsent();
    await isIdle();
    expect(api.bodies).toEqual([body]);
  });

  test('nothing is sent before the visitor agrees, and the text goes along with the first message', async () => {
    const { api, chat, isIdle, shown } = setUp({ pieces: ['x'] }, { consentText: 'We keep it.' });
    expect(chat.send('hi')).toBe(true);
    expect([chat.heldForConsent.value, shown(), api.bodies]).toEqual(['hi', [], []]);
    chat.agree();
    await isIdle();
    chat.send('again');
    await isIdle();
    expect(api.bodies.map(({ message, consent }) => [message, consent])).toEqual([
      ['hi', 'We keep it.'],
      ['again', undefined],
    ]);
    await chat.reset();
    chat.send('new');
    await isIdle();
    expect(api.bodies[2]).toMatchObject({ consent: 'We keep it.' });
  });

  test('a visitor who does not agree keeps what they wrote', () => {
    const { api, chat } = setUp({ pieces: ['x'] }, { consentText: 'We keep it.' });
    chat.send('hi');
    expect(chat.disagree()).toBe('hi');
    expect([chat.heldForConsent.value, api.calls]).toEqual([null, []]);
  });

  test('a changed text is asked for again, in the middle of a conversation too', async () => {
    const storage = createMemoryStorage();
    createConsent(storage, () => 'Old.').give();
    const history = historyOf([stored('u0', 'user', 'hi')]);
    const { api, chat, isIdle } = setUp({ pieces: ['x'], history }, { storage, consentText: 'New.' });
    await chat.connect();
    chat.send('more');
    expect(chat.heldForConsent.value).toBe('more');
    chat.agree();
    await isIdle();
    expect(api.bodies[0]).toMatchObject({ message: 'more', consent: 'New.' });
  });
});

describe('who the visitor is', () => {
  const greeting = historyOf([stored('q', 'user', 'before'), stored('a', 'assistant', 'answer')]);

  test('the server is told with the first call, and not before', async () => {
    const { api, chat } = setUp({ pieces: [] });
    await chat.identify({ token: 'proof' });
    expect(api.calls).toEqual([]);
    await chat.connect();
    expect(api.calls).toEqual(['identify proof', 'history']);
  });

  test('said later, the conversation on the screen makes room for the one of that person', async () => {
    const { api, chat, shown } = setUp({ pieces: [], history: greeting });
    await chat.connect();
    api.stored.history = historyOf([stored('x', 'user', 'from the phone')]);
    await chat.identify({ token: 'proof' });
    await eventually(() => expect(shown()).toEqual(['user complete: from the phone']));
    expect(api.calls).toEqual(['history', 'identify proof', 'history']);
  });

  test('a proof that is refused is told to the page, and the visitor goes on as whoever they were', async () => {
    const { api, chat, emitted, shown } = setUp({ pieces: [], history: greeting });
    api.stored.refusesIdentity = new ChatError('UNAUTHENTICATED');
    await chat.identify({ token: 'proof' });
    await chat.connect();
    expect(emitted).toEqual(['error']);
    expect(shown()).toHaveLength(2);
  });

  test('said later and refused, the conversation stays on the screen', async () => {
    const { api, chat, emitted, shown } = setUp({ pieces: [], history: greeting });
    await chat.connect();
    api.stored.refusesIdentity = new ChatError('UNAUTHENTICATED');
    await chat.identify({ token: 'proof' });
    expect(emitted).toEqual(['error']);
    expect(shown()).toHaveLength(2);
    expect(api.calls).toEqual(['history', 'identify proof']);
  });

  test('a message on its way is sent for the person who is identified meanwhile', async () => {
    const gate = createGate();
    const { api, chat, isIdle, shown } = setUp(
      { pieces: ['Hello'], refusals: [new ChatError('NETWORK')] },
      { pause: () => gate.opened },
    );
    chat.send('hi');
    await eventually(() => expect(api.bodies).toHaveLength(1));
    await chat.identify({ token: 'proof' });
    gate.open();
    await eventually(() => expect(shown()).toEqual(['user complete: hi', 'assistant complete: Hello']));
    await isIdle();
    expect(new Set(api.bodies.map((body) => body.client_message_id)).size).toBe(1);
  });

  test('signed out, nothing of theirs is left for the next person (V9)', async () => {
    const storage = createMemoryStorage();
    const { api, chat, shown } = setUp({ pieces: [], history: greeting }, { storage, consentText: 'We keep it.' });
    await chat.identify({ token: 'proof' });
    await chat.connect();
    chat.agree();
    expect(shown()).toHaveLength(2);
    api.stored.history = historyOf([]);
    await chat.identify(null);
    await eventually(() => expect(chat.history.value).toBe('loaded'));
    expect(shown()).toEqual([]);
    expect(api.calls).toEqual(['identify proof', 'history', 'signOut', 'history']);
    expect(['identified', 'consent', 'outbox'].map((name) => storage.get(name))).toEqual([null, null, null]);
  });

  test('a sign-out that did not reach the server empties the widget all the same, and is said again first', async () => {
    const storage = createMemoryStorage();
    const { api, chat, shown } = setUp({ pieces: [], history: greeting }, { storage });
    await chat.identify({ token: 'proof' });
    await chat.connect();
    api.stored.refusesSignOut = new ChatError('NETWORK');
    await chat.identify(null);
    expect(shown()).toEqual([]);
    expect(chat.history.value).toBe('failed');
    api.stored.refusesSignOut = undefined;
    api.stored.history = historyOf([]);
    await chat.connect();
    expect(shown()).toEqual([]);
    expect(api.calls).toEqual(['identify proof', 'history', 'signOut', 'signOut', 'history']);
  });

  test('somebody who has left in another tab leaves nothing here, and nobody is signed out again', async () => {
    const { api, chat, shown } = setUp({ pieces: [], history: greeting });
    await chat.connect();
    expect(shown()).toHaveLength(2);
    chat.leave();
    expect(shown()).toEqual([]);
    await chat.connect();
    expect(api.calls).toEqual(['history']);
  });

  test('where nobody was identified, signing out leaves everything as it is', async () => {
    const { api, chat, shown } = setUp({ pieces: [], history: greeting });
    await chat.connect();
    await chat.identify(null);
    expect(api.calls).toEqual(['history']);
    expect(shown()).toHaveLength(2);
  });
});
