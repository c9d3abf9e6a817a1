import type { AgentSummary, AgentType } from '@salient/shared-types';
import type { Database } from '../../db/index.ts';
import { AppError } from '../../errors.ts';
import { accountNotFound } from './agent-errors.ts';
import type { AgentConfig } from './agent-config.ts';
import type { AgentDirectory } from './agent-directory.ts';

/**
 * The active agents of an account, by slug.
 *
 * @throws {AppError} ACCOUNT_NOT_FOUND
 */
export async function listAgents(
  database: Database,
  directory: AgentDirectory,
  accountSlug: string,
): Promise<AgentSummary[]> {
  const rows = await database.withAccountSlug(accountSlug, async (tx, account) =>
    account.status === 'active'
      ? tx.agentInstance.findMany({
          where: { accountId: account.id, status: 'active' },
          orderBy: { instanceSlug: 'asc' },
          select: { instanceSlug: true, agentType: true, displayName: true, lastUsedAt: true },
        })
      : null,
  );
  if (!rows) throw accountNotFound();

  return Promise.all(
    rows.map(async (row): Promise<AgentSummary> => {
      const config = await configOf(row.instanceSlug);
      return {
        instance_slug: row.instanceSlug,
        agent_type: config?.agentType ?? (row.agentType as AgentType),
        display_name: config?.displayName ?? row.displayName,
        status: 'active',
        last_used_at: row.lastUsedAt?.toISOString() ?? null,
      };
    }),
  );

  /** Null for an agent whose configuration is broken: it is listed by its row, and says so when it is used. */
  async function configOf(agentSlug: string): Promise<AgentConfig | null> {
    try {
      const agent = await directory.get(accountSlug, agentSlug);
      return agent.config;
    } catch (error) {
      if (error instanceof AppError && error.status !== 503) return null;
      throw error;
    }
  }
}
