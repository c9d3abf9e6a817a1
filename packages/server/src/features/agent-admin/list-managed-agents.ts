import type { z } from 'zod';
import { limitsOfTier } from '../../tiers.ts';
import type { AgentAdminDependencies } from './dependencies.ts';
import type { managedAgentsSchema } from './replies.ts';
import type { AgentStatus } from './schemas.ts';
import { toManagedAgent } from './to-managed-agent.ts';

/** The agents of an account, by slug. @param status default: all but the deleted ones */
export function listManagedAgents(
  { database, tiers }: AgentAdminDependencies,
  accountId: string,
  status: AgentStatus | null,
): Promise<z.output<typeof managedAgentsSchema>> {
  return database.withAccount(accountId, async (tx) => {
    const { subscriptionTier } = await tx.account.findUniqueOrThrow({ where: { id: accountId } });
    const rows = await tx.agentInstance.findMany({
      where: { accountId, status: status ?? { not: 'deleted' } },
      orderBy: { instanceSlug: 'asc' },
    });
    return { agents: rows.map(toManagedAgent), max_agents: limitsOfTier(tiers, subscriptionTier).maxAgents };
  });
}
