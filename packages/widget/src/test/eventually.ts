import { vi } from 'vitest';

/** Waits until an assertion holds. Bounds hanging, not speed. */
export function eventually<T>(assertion: () => T | Promise<T>): Promise<T> {
  return vi.waitFor(assertion, { timeout: 30_000 });
}
