import type { Database } from '../../db/index.ts';
import { Prisma } from '../../generated/prisma/client.ts';

/** Notes when rows of a table are used, and writes it down for all of them together. */
export interface LastUsed {
  touch(id: string): void;
  flush(): Promise<void>;
}

export function createLastUsed(
  database: Database,
  table: 'agent_instances' | 'api_keys' = 'agent_instances',
): LastUsed {
  let pending = new Map<string, Date>();
  return {
    touch(id) {
      pending.set(id, new Date());
    },
    async flush() {
      if (pending.size === 0) return;
      const batch = pending;
      pending = new Map();
      const rows = [...batch].map(([id, at]) => ({ id, at }));
      try {
        await database.asWorker(
          (tx) => tx.$executeRaw`
            UPDATE ${Prisma.raw(table)} AS kept SET last_used_at = greatest(kept.last_used_at, used.at)
            FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS used(id uuid, at timestamptz)
            WHERE kept.id = used.id`,
        );
      } catch (error) {
        // Nothing is lost: later uses win, the others wait for the next flush.
        pending = new Map([...batch, ...pending]);
        throw error;
      }
    },
  };
}
