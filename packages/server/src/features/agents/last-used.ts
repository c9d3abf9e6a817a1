import type { Database } from '../../db/index.ts';

/** Notes when agents are used, and writes it down for all of them together. */
export interface LastUsed {
  touch(agentId: string): void;
  flush(): Promise<void>;
}

export function createLastUsed(database: Database): LastUsed {
  let pending = new Map<string, Date>();
  return {
    touch(agentId) {
      pending.set(agentId, new Date());
    },
    async flush() {
      if (pending.size === 0) return;
      const batch = pending;
      pending = new Map();
      const rows = [...batch].map(([id, at]) => ({ id, at }));
      try {
        await database.asWorker(
          (tx) => tx.$executeRaw`
            UPDATE agent_instances SET last_used_at = greatest(agent_instances.last_used_at, used.at)
            FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS used(id uuid, at timestamptz)
            WHERE agent_instances.id = used.id`,
        );
      } catch (error) {
        // Nothing is lost: later uses win, the others wait for the next flush.
        pending = new Map([...batch, ...pending]);
        throw error;
      }
    },
  };
}
