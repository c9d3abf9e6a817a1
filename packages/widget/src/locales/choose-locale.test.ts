import { expect, test } from 'vitest';
import { chooseLocale } from './choose-locale.ts';

test.each([
  ['en-GB', 'en-GB'],
  ['EN', 'en'],
  ['de-AT', 'en'],
  ['en-', 'en'],
  ['en_US', 'en'],
  ['', 'en'],
])('a page in "%s" has its times written as in %s, beside English words', (wished, chosen) => {
  expect(chooseLocale(wished, 'en')).toBe(chosen);
});
