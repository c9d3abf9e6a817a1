import type { z } from 'zod';
import type { AccountActor } from '../../access/actor.ts';
import type { AppSettings } from '../../config.ts';
import type { AccountTransaction } from '../../db/index.ts';
import { limitsOfTier } from '../../tiers.ts';
import { recordAudit } from '../audit/index.ts';
import type { accountDetailSchema } from './replies.ts';

type AccountDetail = z.output<typeof accountDetailSchema>;

/** The account one is in, and what its tier lets it do. */
export async function describeAccount(
  tx: AccountTransaction,
  accountId: string,
  tiers: AppSettings['tiers'],
): Promise<AccountDetail> {
  const account = await tx.account.findUniqueOrThrow({ where: { id: accountId } });
  const { maxAgents, requestsPerHour } = limitsOfTier(tiers, account.subscriptionTier);
  return {
    slug: account.slug,
    name: account.name,
    subscription_tier: account.subscriptionTier,
    limits: { max_agents: maxAgents, requests_per_hour: requestsPerHour },
    created_by: account.createdBy,
    created_at: account.createdAt.toISOString(),
  };
}

/** Gives the account another name. Its slug stays: pages name it. */
export async function renameAccount(tx: AccountTransaction, actor: AccountActor, name: string): Promise<void> {
  const { accountId } = actor;
  const before = await tx.account.findUniqueOrThrow({ where: { id: accountId } });
  if (before.name === name) return;
  await tx.account.update({ where: { id: accountId }, data: { name }, select: { id: true } });
  await recordAudit(tx, actor, {
    action: 'account.renamed',
    target: { kind: 'account', id: accountId },
    before: { name: before.name },
    after: { name },
  });
}
