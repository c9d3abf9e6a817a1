import type { AccountTransaction } from '../../db/index.ts';
import type { Account, AgentInstance } from '../../generated/prisma/client.ts';
import { agentNotFound, tierOf, type AgentRow } from '../agents/index.ts';

/** An agent of the account, whatever its status. @throws {AppError} AGENT_NOT_FOUND */
export async function getAgentInstance(tx: AccountTransaction, accountId: string, id: string): Promise<AgentInstance> {
  const row = await tx.agentInstance.findUnique({ where: { accountId_id: { accountId, id } } });
  if (!row) throw agentNotFound();
  return row;
}

/** The same, with the row locked until the transaction ends: edits of one agent wait for each other. */
export async function lockAgentInstance(tx: AccountTransaction, accountId: string, id: string): Promise<AgentInstance> {
  await tx.$queryRaw`SELECT id FROM agent_instances WHERE account_id = ${accountId}::uuid AND id = ${id}::uuid
    FOR NO KEY UPDATE`;
  return getAgentInstance(tx, accountId, id);
}

type Instance = Pick<AgentInstance, 'id' | 'instanceSlug' | 'agentType' | 'displayName' | 'origin'>;

/** As it is read to make an agent of it. */
export function toAgentRow(account: Account, row: Instance & { configuration: unknown }): AgentRow {
  return {
    id: row.id,
    slug: row.instanceSlug,
    accountId: account.id,
    accountSlug: account.slug,
    accountName: account.name,
    accountTier: tierOf(account),
    displayName: row.displayName,
    agentType: row.agentType,
    origin: row.origin,
    configuration: row.configuration,
    version: '',
  };
}
