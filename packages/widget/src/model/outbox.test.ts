import { expect, test } from 'vitest';
import { createMemoryStorage } from '../test/memory-storage.ts';
import { createOutbox } from './outbox.ts';

const body = { message: 'hi', client_message_id: 'a' };

test('a message is kept until the server has it, or ten minutes', () => {
  let now = 0;
  const outbox = createOutbox(createMemoryStorage(), () => now);
  expect(outbox.get()).toBeUndefined();
  outbox.set(body);
  now = 599_999;
  expect(outbox.get()).toEqual(body);
  now = 600_000;
  expect(outbox.get()).toBeUndefined();
  outbox.set(body);
  outbox.set(null);
  expect(outbox.get()).toBeUndefined();
});

test.each(['', '{', 'null', '{"body":{"message":1},"at":0}', '{"body":{"message":"hi"},"at":0}'])(
  'what other scripts have stored there is not sent: %s',
  (text) => {
    const storage = createMemoryStorage();
    storage.set('outbox', text);
    expect(createOutbox(storage, () => 0).get()).toBeUndefined();
  },
);
