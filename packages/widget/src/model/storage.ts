/** A few strings that outlive the page where the browser allows it, and the widget where it does not. */
export interface WidgetStorage {
  get(name: string): string | null;
  set(name: string, value: string | null): void;
}

/**
 * Storage under a prefix. `localStorage` may be missing, throw when merely named (sandboxed frames, blocked cookies)
 * or throw when written (private mode, full): then the values live in memory.
 *
 * @param prefix keeps widgets of other accounts, agents and servers on the same page apart
 * @param open names the storage; called anew each time because it may throw
 */
export function createStorage(prefix: string, open: () => Storage): WidgetStorage {
  const memory = new Map<string, string>();
  return {
    get(name) {
      try {
        return memory.get(name) ?? open().getItem(prefix + name);
      } catch {
        return null;
      }
    },
    set(name, value) {
      memory.delete(name);
      try {
        if (value === null) open().removeItem(prefix + name);
        else open().setItem(prefix + name, value);
      } catch {
        if (value !== null) memory.set(name, value);
      }
    },
  };
}
