import { flattenLayer } from '../agents/index.ts';

/** A key whose value differs. Without a `before` it was not set, without an `after` it is not any more. */
export interface ConfigChange {
  key: string;
  before?: unknown;
  after?: unknown;
}

/** Longer texts stand in the versions; the audit log says that they have changed. */
const MAX_AUDITED_CHARS = 200;

/** What differs between two sets of overrides, key by key, in alphabetical order. */
export function diffConfigs(before: unknown, after: unknown): ConfigChange[] {
  const old = new Map(flattenLayer(before));
  const current = new Map(flattenLayer(after));
  return [...new Set([...old.keys(), ...current.keys()])]
    .toSorted()
    .filter((key) => JSON.stringify(old.get(key)) !== JSON.stringify(current.get(key)))
    .map((key) => {
      const change: ConfigChange = { key };
      if (old.has(key)) change.before = old.get(key);
      if (current.has(key)) change.after = current.get(key);
      return change;
    });
}

/** One side of the changes, for the audit log. */
export function auditOf(changes: readonly ConfigChange[], side: 'before' | 'after'): Record<string, string> {
  return Object.fromEntries(
    changes.filter((change) => side in change).map((change) => [change.key, abbreviate(JSON.stringify(change[side]))]),
  );
}

function abbreviate(json: string): string {
  return json.length > MAX_AUDITED_CHARS ? `${json.slice(0, MAX_AUDITED_CHARS)}...` : json;
}
