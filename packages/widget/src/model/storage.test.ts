import { expect, test } from 'vitest';
import { createStorage } from './storage.ts';
import { createTokenStorage } from './token-storage.ts';

function fakeStorage(values = new Map<string, string>()): Storage {
  return {
    getItem: (name: string) => values.get(name) ?? null,
    setItem: (name: string, value: string) => void values.set(name, value),
    removeItem: (name: string) => void values.delete(name),
  } as Storage;
}

const throwing = () => {
  throw new DOMException('The operation is insecure.', 'SecurityError');
};

test('values outlive the page under their prefix', () => {
  const values = new Map<string, string>();
  createStorage('a:', () => fakeStorage(values)).set('x', '1');
  expect([...values]).toEqual([['a:x', '1']]);
  expect(createStorage('a:', () => fakeStorage(values)).get('x')).toBe('1');
  expect(createStorage('b:', () => fakeStorage(values)).get('x')).toBeNull();
});

test('where storage may not even be named, values live as long as the widget', () => {
  const storage = createStorage('a:', throwing);
  expect(storage.get('x')).toBeNull();
  storage.set('x', '1');
  expect(storage.get('x')).toBe('1');
  storage.set('x', null);
  expect(storage.get('x')).toBeNull();
});

test('a storage that is full keeps reading and forgets the old value', () => {
  const full = Object.assign(fakeStorage(new Map([['a:x', 'old']])), { setItem: throwing });
  const storage = createStorage('a:', () => full);
  storage.set('x', 'new');
  expect(storage.get('x')).toBe('new');
});

test('a token counts until it expires; what is not a token counts as none', () => {
  const storage = createStorage('', throwing);
  const tokens = createTokenStorage(storage, () => Date.parse('2026-01-01T00:00:00Z'));
  tokens.set({ token: 'abc', expires_at: '2026-01-02T00:00:00Z' });
  expect(tokens.get()).toBe('abc');
  tokens.set({ token: 'abc', expires_at: '2025-12-31T00:00:00Z' });
  expect(tokens.get()).toBeNull();
  storage.set('token', '{"token":1');
  expect(tokens.get()).toBeNull();
  tokens.set(null);
  expect(storage.get('token')).toBeNull();
});
