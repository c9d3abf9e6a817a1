import { expect, it } from 'vitest';
import { createVisitorKey, openKey, renewKey, sealKey } from './visitor-key.ts';

const SECRET = 'a secret of the test, long enough';
const HOUR_MS = 3_600_000;

it('a sealed key opens to itself, and only under the secret that sealed it', () => {
  const key = createVisitorKey(24);
  expect(openKey(SECRET, sealKey(SECRET, key))).toEqual(key);
  expect(openKey('another secret', sealKey(SECRET, key))).toBeNull();
});

it('a key changes once in each period, at the same moment whoever asks, and never back', () => {
  const key = createVisitorKey(24);
  const start = Date.parse('2026-01-01T00:00:00Z');
  const issued = Array.from({ length: 72 }, (_, hour) =>
    renewKey({ ...key, issuedAt: new Date(0) }, 24, new Date(start + hour * HOUR_MS)).issuedAt.getTime(),
  );
  expect(new Set(issued).size).toBeLessThanOrEqual(4);
  expect(issued).toEqual(issued.toSorted((a, b) => a - b));
  for (const [hour, time] of issued.entries()) {
    expect(time).toBeLessThanOrEqual(start + hour * HOUR_MS);
    expect(time).toBeGreaterThan(start + (hour - 24) * HOUR_MS);
  }
});

it('browsers change their keys at different times of day', () => {
  const now = new Date('2026-01-01T12:00:00Z');
  const moments = Array.from({ length: 20 }, () => {
    const key = { ...createVisitorKey(24), issuedAt: new Date(0) };
    return renewKey(key, 24, now).issuedAt.getTime();
  });
  expect(new Set(moments).size).toBeGreaterThan(15);
});

it('a key that was issued within the period stays', () => {
  const key = { ...createVisitorKey(24), issuedAt: new Date() };
  expect(renewKey(key, 24)).toBe(key);
});
