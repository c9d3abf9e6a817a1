import type { AccountTransaction } from '../../db/index.ts';
import { AppError } from '../../errors.ts';
import { limitsOfTier } from '../../tiers.ts';
import type { AgentAdminDependencies } from './dependencies.ts';

/**
 * Makes sure that the account may have one agent more. Whoever else adds one waits until this transaction has ended.
 *
 * @throws {AppError} FORBIDDEN
 */
export async function refusePastAgentLimit(
  tx: AccountTransaction,
  accountId: string,
  tiers: AgentAdminDependencies['tiers'],
): Promise<void> {
  // Not a plain FOR UPDATE, which would hold up every visitor whose row refers to the account.
  await tx.$queryRaw`SELECT id FROM accounts WHERE id = ${accountId}::uuid FOR NO KEY UPDATE`;
  const { subscriptionTier } = await tx.account.findUniqueOrThrow({ where: { id: accountId } });
  const { maxAgents } = limitsOfTier(tiers, subscriptionTier);
  const used = await tx.agentInstance.count({ where: { accountId, status: { not: 'deleted' } } });
  if (used < maxAgents) return;
  throw new AppError(
    'FORBIDDEN',
    `The ${subscriptionTier} tier of this account has room for ${maxAgents} agents. Delete one, or move to a larger tier.`,
  );
}
