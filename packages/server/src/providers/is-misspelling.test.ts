import { expect, test } from 'vitest';
import { isMisspelling } from './is-misspelling.ts';

test.each([
  ['polcy', 'policy'],
  ['retrun', 'return'],
  ['pasword', 'password'],
  ['passwoord', 'password'],
  ['shippinf', 'shipping'],
])('takes %s for %s', (typed, word) => {
  expect(isMisspelling(typed, word)).toBe(true);
});

test.each([
  ['return', 'return'],
  ['ship', 'shop'],
  ['plan', 'plant'],
  ['support', 'passport'],
  ['france', 'finance'],
  ['retnur', 'return'],
  ['', 'order'],
])('does not take %s for %s', (typed, word) => {
  expect(isMisspelling(typed, word)).toBe(false);
});
