import { expect, test } from 'vitest';
import { parseRetryAfter } from './parse-retry-after.ts';

const NOW = new Date('2026-01-31T12:00:00Z');

test.each([
  ['2', 2000],
  ['0', 0],
  [' 1.5 ', 1500],
  ['Sat, 31 Jan 2026 12:00:30 GMT', 30_000],
  ['Sat, 31 Jan 2026 11:00:00 GMT', 0],
  ['-5', null],
  ['soon', null],
  ['', null],
  [null, null],
])('reads %j', (header, expected) => {
  expect(parseRetryAfter(header, NOW)).toBe(expected);
});
