import type { WidgetStorage } from '../model/storage.ts';

/** For tests: a storage that ends with the test. */
export function createMemoryStorage(): WidgetStorage {
  const values = new Map<string, string>();
  return {
    get: (name) => values.get(name) ?? null,
    set: (name, value) => void (value === null ? values.delete(name) : values.set(name, value)),
  };
}
