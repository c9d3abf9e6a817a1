// @vitest-environment happy-dom
import { expect, test } from 'vitest';
import { signal } from '@preact/signals';
import { countInTitle } from './page-title.ts';

test('unread answers stand before the title, whatever the page does to it meanwhile', () => {
  document.title = 'Shop';
  const unread = signal(0);
  const stop = countInTitle(unread);
  expect(document.title).toBe('Shop');
  unread.value = 1;
  unread.value = 2;
  expect(document.title).toBe('(2) Shop');
  document.title = 'Cart';
  unread.value = 3;
  expect(document.title).toBe('(3) Cart');
  unread.value = 0;
  expect(document.title).toBe('Cart');
  unread.value = 1;
  stop();
  expect(document.title).toBe('Cart');
});
