import { describe, expect, test } from 'vitest';
import { ChatError } from '../protocol/errors.ts';
import { eventually } from '../test/eventually.ts';
import { createMemoryStorage } from '../test/memory-storage.ts';
import { createGate, historyOf, stored, setUpChat } from '../test/set-up-chat.ts';
import { createConsent } from './consent.ts';

test('what is blank, too long, or comes while an answer is written is not sent', async () => {
  const { api, chat, isIdle } = setUpChat({ pieces: ['x'] });
  expect(chat.send(' \n ')).toBe(false);
  expect(chat.send('x'.repeat(21))).toBe(false);
  expect(chat.send('😀'.repeat(20))).toBe(true);
  expect(chat.send('again')).toBe(false);
  await isIdle();
  expect(api.bodies).toHaveLength(1);
});

test('the history is loaded once, and an answer under way is joined', async () => {
  const messages = [stored('u1', 'user', 'hi'), stored('m1', 'assistant', 'a', { status: 'pending' })];
  const { api, chat, isIdle, shown } = setUpChat({ pieces: ['a', 'b'], history: historyOf(messages, 't1') });
  await Promise.all([chat.connect(), chat.connect()]);
  await isIdle();
  expect(shown()).toEqual(['user complete: hi', 'assistant complete: ab']);
  expect(api.calls).toEqual(['history', 'rejoin t1 ']);
});

test('what a crash left of an answer is shown as cut short', async () => {
  const messages = [stored('u1', 'user', 'hi'), stored('m1', 'assistant', 'ha', { status: 'pending' })];
  const { chat, shown } = setUpChat({ pieces: [], history: historyOf(messages) });
  await chat.connect();
  expect(shown()).toEqual(['user complete: hi', 'assistant partial: ha']);
});

test('a history that cannot be had is a state with a way out', async () => {
  const { api, chat, shown } = setUpChat({ pieces: [], history: new ChatError('AGENT_NOT_FOUND') });
  await chat.connect();
  expect(chat.history.value).toBe('failed');
  expect(chat.historyError.value?.code).toBe('AGENT_NOT_FOUND');
  api.stored.history = historyOf([stored('u1', 'user', 'hi')]);
  await chat.connect();
  expect(chat.history.value).toBe('loaded');
  expect(shown()).toEqual(['user complete: hi']);
});

test('a new conversation begins empty, and the old answer no longer writes into it', async () => {
  const gate = createGate();
  const { chat, shown } = setUpChat({ pieces: ['a'], beforePiece: () => gate.opened });
  chat.send('hi');
  await eventually(() => expect(chat.messages.value).toHaveLength(2));
  await chat.reset();
  gate.open();
  await new Promise((resolve) => setTimeout(resolve));
  expect(shown()).toEqual([]);
  expect(chat.activity.value).toBe('idle');
});

test('the last answer can be asked for again: its turn is replaced, in sight and on the server', async () => {
  const { api, chat, emitted, isIdle, shown } = setUpChat({ pieces: ['x'] });
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
  const { api, chat, emitted, isIdle, shown } = setUpChat({ pieces: ['x'] });
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

describe('several tabs', () => {
  test('what another tab has said and replaced is taken over, and what is known stays the same object', async () => {
    const old = [stored('u0', 'user', 'hi'), stored('m0', 'assistant', 'x')];
    const { api, chat, shown } = setUpChat({ pieces: [], history: historyOf([...old, stored('u1', 'user', 'old')]) });
    await chat.connect();
    const [kept] = chat.messages.value;
    api.stored.history = historyOf([...old, stored('u2', 'user', 'new'), stored('m2', 'assistant', 'y')]);
    await chat.refresh();
    expect(shown().map((line) => line.split(': ')[1])).toEqual(['hi', 'x', 'new', 'y']);
    expect(chat.messages.value[0]).toBe(kept);
  });

  test('an answer that another tab asked for is joined', async () => {
    const { api, chat, isIdle, shown } = setUpChat({ pieces: ['a', 'b'] });
    await chat.connect();
    api.stored.history = historyOf([stored('u1', 'user', 'elsewhere')], 't1');
    await chat.refresh();
    expect(chat.isRejoining.value).toBe(true);
    await isIdle();
    expect(shown()).toEqual(['user complete: elsewhere', 'assistant complete: ab']);
    expect(chat.isRejoining.value).toBe(false);
  });

  test('a message waits for the answer of another tab, and stands after it', async () => {
    const { api, chat, isIdle, shown } = setUpChat({ pieces: ['a'], refusals: [new ChatError('TURN_IN_PROGRESS')] });
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
    const { api, chat, shown } = setUpChat({ pieces: [], history: new ChatError('TIMEOUT') });
    await chat.connect();
    api.stored.history = historyOf([stored('u1', 'user', 'hi')]);
    await chat.refresh();
    expect(shown()).toEqual(['user complete: hi']);
  });
});

describe('earlier messages', () => {
  test('are put before the others, a page at a time', async () => {
    const { api, chat, shown } = setUpChat({
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
    const { api, chat } = setUpChat({
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
    const { api, chat, isIdle } = setUpChat({ pieces: ['x'], history: asked }, { storage, consentText: 'We keep it.' });
    chat.send('more');
    await isIdle();
    expect(api.bodies).toHaveLength(1);
    expect(api.bodies[0]).not.toHaveProperty('consent');
  });

  test('a message that could not be sent before the page was left brings it', async () => {
    const storage = createMemoryStorage();
    const body = { message: 'more', client_message_id: 'unsent', consent: 'We keep it.' };
    storage.set('outbox', JSON.stringify({ body, at: Date.now() }));
    const { api, chat, isIdle } = setUpChat({ pieces: ['x'], history: asked }, { storage, consentText: 'We keep it.' });
    chat.sendUnsent();
    await isIdle();
    expect(api.bodies).toEqual([body]);
  });

  test('nothing is sent before the visitor agrees, and the text goes along with the first message', async () => {
    const { api, chat, isIdle, shown } = setUpChat({ pieces: ['x'] }, { consentText: 'We keep it.' });
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
    const { api, chat } = setUpChat({ pieces: ['x'] }, { consentText: 'We keep it.' });
    chat.send('hi');
    expect(chat.disagree()).toBe('hi');
    expect([chat.heldForConsent.value, api.calls]).toEqual([null, []]);
  });

  test('a changed text is asked for again, in the middle of a conversation too', async () => {
    const storage = createMemoryStorage();
    createConsent(storage, () => 'Old.').give();
    const history = historyOf([stored('u0', 'user', 'hi')]);
    const { api, chat, isIdle } = setUpChat({ pieces: ['x'], history }, { storage, consentText: 'New.' });
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
    const { api, chat } = setUpChat({ pieces: [] });
    await chat.identify({ token: 'proof' });
    expect(api.calls).toEqual([]);
    await chat.connect();
    expect(api.calls).toEqual(['identify proof', 'history']);
  });

  test('said later, the conversation on the screen makes room for the one of that person', async () => {
    const { api, chat, shown } = setUpChat({ pieces: [], history: greeting });
    await chat.connect();
    api.stored.history = historyOf([stored('x', 'user', 'from the phone')]);
    await chat.identify({ token: 'proof' });
    await eventually(() => expect(shown()).toEqual(['user complete: from the phone']));
    expect(api.calls).toEqual(['history', 'identify proof', 'history']);
  });

  test('a proof that is refused is told to the page, and the visitor goes on as whoever they were', async () => {
    const { api, chat, emitted, shown } = setUpChat({ pieces: [], history: greeting });
    api.stored.refusesIdentity = new ChatError('UNAUTHENTICATED');
    await chat.identify({ token: 'proof' });
    await chat.connect();
    expect(emitted).toEqual(['error']);
    expect(shown()).toHaveLength(2);
  });

  test('said later and refused, the conversation stays on the screen', async () => {
    const { api, chat, emitted, shown } = setUpChat({ pieces: [], history: greeting });
    await chat.connect();
    api.stored.refusesIdentity = new ChatError('UNAUTHENTICATED');
    await chat.identify({ token: 'proof' });
    expect(emitted).toEqual(['error']);
    expect(shown()).toHaveLength(2);
    expect(api.calls).toEqual(['history', 'identify proof']);
  });

  test('a message on its way is sent for the person who is identified meanwhile', async () => {
    const gate = createGate();
    const { api, chat, isIdle, shown } = setUpChat(
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
    const { api, chat, shown } = setUpChat({ pieces: [], history: greeting }, { storage, consentText: 'We keep it.' });
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
    const { api, chat, shown } = setUpChat({ pieces: [], history: greeting }, { storage });
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
    const { api, chat, shown } = setUpChat({ pieces: [], history: greeting });
    await chat.connect();
    expect(shown()).toHaveLength(2);
    chat.leave();
    expect(shown()).toEqual([]);
    await chat.connect();
    expect(api.calls).toEqual(['history']);
  });

  test('where nobody was identified, signing out leaves everything as it is', async () => {
    const { api, chat, shown } = setUpChat({ pieces: [], history: greeting });
    await chat.connect();
    await chat.identify(null);
    expect(api.calls).toEqual(['history']);
    expect(shown()).toHaveLength(2);
  });
});

describe('before what delivers messages has come', () => {
  test('a message waits for it, safe over a reload, and goes out once', async () => {
    const gate = createGate();
    const { api, chat, isIdle, shown, storage } = setUpChat({ pieces: ['x'] }, { bringTurns: () => gate.opened });
    expect(chat.send('hi')).toBe(true);
    expect(chat.send('again')).toBe(false);
    expect(shown()).toEqual(['user sending: hi']);
    expect(storage.get('outbox')).toContain('hi');
    gate.open();
    await isIdle();
    expect(shown()).toEqual(['user complete: hi', 'assistant complete: x']);
    expect(api.bodies).toHaveLength(1);
    expect(storage.get('outbox')).toBeNull();
  });

  test('a message can be taken back, and is not sent after all', async () => {
    const gate = createGate();
    const options = { bringTurns: () => gate.opened, consentText: 'Agreed.' };
    const { api, chat, shown, isIdle, storage } = setUpChat({ pieces: ['x'] }, options);
    chat.send('hi');
    chat.agree();
    const outboxed = storage.get('outbox')!;
    chat.stop();
    expect(shown()).toEqual(['user failed: hi']);
    gate.open();
    await chat.connect();
    expect(api.bodies).toEqual([]);
    chat.retry(chat.messages.value[0]!);
    await isIdle();
    expect(shown()).toEqual(['user complete: hi', 'assistant complete: x']);
    // As it would have been sent.
    const { client_message_id } = JSON.parse(outboxed).body;
    expect(api.bodies).toEqual([{ message: 'hi', client_message_id, context: { page: '/cart' }, consent: 'Agreed.' }]);
  });

  test('an answer under way is joined when it comes, and counts as under way until then', async () => {
    const gate = createGate();
    const history = historyOf([stored('u1', 'user', 'hi')], 't1');
    const { api, chat, isIdle, shown } = setUpChat({ pieces: ['x'], history }, { bringTurns: () => gate.opened });
    await chat.connect();
    expect(chat.isBusy.value).toBe(true);
    gate.open();
    await isIdle();
    expect(shown()).toEqual(['user complete: hi', 'assistant complete: x']);
    expect(api.calls).toEqual(['history', 'rejoin t1 ']);
  });

  test('what could not be had is asked for again when the network is back, and the message goes out then', async () => {
    let attempts = 0;
    const bringTurns = async () => {
      if (attempts++ === 0) throw new Error('offline');
    };
    const { api, chat, isIdle, shown } = setUpChat({ pieces: ['x'] }, { bringTurns });
    chat.send('hi');
    await eventually(() => expect(attempts).toBe(1));
    expect(shown()).toEqual(['user sending: hi']);
    await eventually(async () => {
      await chat.refresh();
      expect(attempts).toBe(2);
    });
    await isIdle();
    expect(shown()).toEqual(['user complete: hi', 'assistant complete: x']);
    expect(api.bodies).toHaveLength(1);
  });

  test('a new conversation takes what waits along', async () => {
    const gate = createGate();
    const { api, chat } = setUpChat({ pieces: ['x'] }, { bringTurns: () => gate.opened });
    chat.send('hi');
    await chat.reset();
    gate.open();
    await chat.connect();
    expect([chat.messages.value, chat.isBusy.value, api.bodies]).toEqual([[], false, []]);
  });
});
