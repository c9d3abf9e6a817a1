import type { AgentAdminDependencies } from './dependencies.ts';
import { getAgentInstance } from './find-agent-row.ts';
import { toManagedAgent, type ManagedAgent } from './to-managed-agent.ts';

/** @throws {AppError} AGENT_NOT_FOUND */
export function getManagedAgent(
  { database }: AgentAdminDependencies,
  accountId: string,
  agentId: string,
): Promise<ManagedAgent> {
  return database.withAccount(accountId, async (tx) => toManagedAgent(await getAgentInstance(tx, accountId, agentId)));
}
