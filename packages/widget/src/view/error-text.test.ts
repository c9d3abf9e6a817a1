import { expect, test } from 'vitest';
import { en } from '../locales/en.ts';
import { errorText } from './error-text.ts';

test('every fault has its own human sentence', () => {
  const codes = ['OFFLINE', 'NETWORK', 'TIMEOUT', 'BUDGET_EXCEEDED', 'AGENT_NOT_FOUND', 'ORIGIN_NOT_ALLOWED'] as const;
  const more = ['NOT_READY', 'TURN_IN_PROGRESS', 'UNAUTHENTICATED', 'INTERNAL_ERROR'] as const;
  const texts = [...codes, ...more].map((code) => `${code}: ${errorText({ code }, en, {})}`);
  expect(texts).toMatchInlineSnapshot(`
    [
      "OFFLINE: You seem to be offline. Check your connection.",
      "NETWORK: The chat cannot be reached right now. It may be down for a moment, or blocked by this browser.",
      "TIMEOUT: That took too long. Try again in a moment.",
      "BUDGET_EXCEEDED: This chat has reached its limit for now. Try again later, or contact the site directly.",
      "AGENT_NOT_FOUND: This chat does not exist, or is switched off.",
      "ORIGIN_NOT_ALLOWED: This chat may not be used on this website.",
      "NOT_READY: The chat is starting up. Try again in a moment.",
      "TURN_IN_PROGRESS: Another answer is still being written, perhaps in another tab.",
      "UNAUTHENTICATED: Your session could not be confirmed. Reload the page and try again.",
      "INTERNAL_ERROR: Something went wrong on our side. Try again in a moment.",
    ]
  `);
  expect(new Set(texts.map((text) => text.split(': ')[1])).size).toBe(texts.length);
});

test('a rate limit says how long, when the server did', () => {
  expect(errorText({ code: 'RATE_LIMIT_EXCEEDED', retryAfterSeconds: 12 }, en, {})).toContain('12 seconds');
  expect(errorText({ code: 'RATE_LIMIT_EXCEEDED' }, en, {})).not.toContain('undefined');
});

test("the server's own sentence is shown where it speaks of what was typed, and nowhere else", () => {
  const detail = '"message" is too long.';
  expect(errorText({ code: 'VALIDATION_ERROR', detail }, en, {})).toBe(detail);
  expect(errorText({ code: 'INTERNAL_ERROR', detail }, en, {})).not.toBe(detail);
});

test('where the owner has words for it, those are shown', () => {
  const texts = {
    limit_message: 'Easy now.',
    budget_message: 'Mail us.',
    offline_message: 'No net.',
    unavailable_message: 'Gone.',
  };
  const codes = [
    'RATE_LIMIT_EXCEEDED',
    'BUDGET_EXCEEDED',
    'OFFLINE',
    'NETWORK',
    'NOT_READY',
    'UPSTREAM_ERROR',
  ] as const;
  expect(codes.map((code) => errorText({ code, retryAfterSeconds: 5 }, en, texts))).toEqual([
    'Easy now.',
    'Mail us.',
    'No net.',
    'Gone.',
    'Gone.',
    'Gone.',
  ]);
});
