import type { z } from 'zod';
import { findOverrideProblems, IncompleteConfigError } from '../agents/index.ts';
import { describeIncomplete } from './check-settings.ts';
import type { AgentAdminDependencies } from './dependencies.ts';
import { getAgentInstance, toAgentRow } from './find-agent-row.ts';
import type { agentConfigSchema } from './replies.ts';

export type AgentConfigReply = z.output<typeof agentConfigSchema>;

/** What an agent overrides and what comes of it, also where that is broken. @throws {AppError} AGENT_NOT_FOUND */
export async function getAgentConfig(
  { database, directory }: AgentAdminDependencies,
  accountId: string,
  agentId: string,
): Promise<AgentConfigReply> {
  const { account, row } = await database.withAccount(accountId, async (tx) => ({
    row: await getAgentInstance(tx, accountId, agentId),
    account: await tx.account.findUniqueOrThrow({ where: { id: accountId } }),
  }));
  const reply = {
    version: row.configVersion,
    overrides: row.configuration as Record<string, unknown>,
    settings: null,
    problem: null,
  };
  const problems = findOverrideProblems(row.configuration);
  if (problems.length > 0) return { ...reply, problem: problems.join('; ') };
  try {
    return { ...reply, settings: await directory.inspect(toAgentRow(account, row)) };
  } catch (error) {
    if (error instanceof IncompleteConfigError) return { ...reply, problem: describeIncomplete(error) };
    // Paths and lines are the operator's; the log has them.
    return { ...reply, problem: "a file of this agent or its template is broken; the server's log says which" };
  }
}
