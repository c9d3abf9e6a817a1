import { expect, test } from 'vitest';
import { formatDay, formatMoment } from './format-moment.ts';

const now = new Date(2026, 2, 5, 14, 30);

test.each([
  [new Date(2026, 2, 5, 0, 1), 'Today'],
  [new Date(2026, 2, 4, 23, 59), 'Yesterday'],
  [new Date(2026, 2, 3), 'Tuesday'],
  [new Date(2026, 1, 27), 'Friday'],
  [new Date(2026, 1, 26), 'February 26'],
  [new Date(2025, 11, 31), 'December 31, 2025'],
])('the day of %s', (date, day) => {
  expect(formatDay(date, 'en', now)).toBe(day);
});

test('days are said in the language of the visitor', () => {
  expect(formatDay(new Date(2026, 2, 4), 'de', now)).toBe('Gestern');
  expect(formatDay(new Date(2026, 2, 5), 'fr', now)).toBe('Aujourd’hui');
});

test('the day that is an hour short is a day', () => {
  // Where the clocks change on 29 March 2026 or nowhere: both give the same.
  expect(formatDay(new Date(2026, 2, 28, 12), 'en', new Date(2026, 2, 29, 12))).toBe('Yesterday');
});

test('a moment of today is its time, any other has its day', () => {
  expect(formatMoment(new Date(2026, 2, 5, 10, 5), 'de', now)).toBe('10:05');
  expect(formatMoment(new Date(2026, 2, 4, 10, 5), 'de', now)).toBe('Gestern 10:05');
});
