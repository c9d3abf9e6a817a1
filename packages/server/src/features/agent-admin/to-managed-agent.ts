import type { z } from 'zod';
import type { AgentInstance } from '../../generated/prisma/client.ts';
import type { managedAgentSchema } from './replies.ts';

export type ManagedAgent = z.output<typeof managedAgentSchema>;

export function toManagedAgent(row: AgentInstance): ManagedAgent {
  return {
    id: row.id,
    instance_slug: row.instanceSlug,
    // A check of the database or of the API holds each to its list.
    agent_type: row.agentType as ManagedAgent['agent_type'],
    display_name: row.displayName,
    status: row.status as ManagedAgent['status'],
    origin: row.origin as ManagedAgent['origin'],
    config_version: row.configVersion,
    created_at: row.createdAt.toISOString(),
    created_by: row.createdBy,
    last_used_at: row.lastUsedAt?.toISOString() ?? null,
  };
}
