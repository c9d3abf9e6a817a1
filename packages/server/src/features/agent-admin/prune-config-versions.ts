import type { Database } from '../../db/index.ts';

/**
 * Deletes the versions of every agent's configuration but its newest ones, the one in force among them.
 *
 * @param keep how many of each agent
 * @returns how many were deleted
 */
export function pruneConfigVersions(database: Database, keep: number): Promise<number> {
  return database.asWorker(
    (tx) => tx.$executeRaw`
      DELETE FROM agent_config_versions AS old USING agent_instances AS agent
      WHERE agent.config_version > ${keep}::integer
        AND old.account_id = agent.account_id AND old.agent_instance_id = agent.id
        AND old.version <= agent.config_version - ${keep}::integer`,
  );
}
