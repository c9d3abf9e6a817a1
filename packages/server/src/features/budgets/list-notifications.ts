import type { BudgetNotification, Database } from '../../db/index.ts';

/** What the people of an account are told. */
export interface NotificationEntry {
  id: string;
  kind: BudgetNotification['kind'];
  scope: 'account' | 'agent';
  /** Its slug; null for the account, and for an agent that is gone. */
  agent: string | null;
  period: 'day' | 'month';
  starts_on: string;
  limit_usd: string;
  /** When it was told. */
  spent_usd: string;
  created_at: string;
}

/** Newest first. */
export async function listNotifications(
  database: Database,
  accountId: string,
  limit: number,
): Promise<NotificationEntry[]> {
  return database.withAccount(accountId, async (tx) => {
    const rows = await tx.notification.findMany({
      where: { accountId, kind: { in: ['budget_low', 'budget_reached'] } },
      orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
      take: limit,
    });
    const agents = await tx.agentInstance.findMany({ where: { accountId }, select: { id: true, instanceSlug: true } });
    const slugs = new Map(agents.map(({ id, instanceSlug }) => [id, instanceSlug]));
    return rows.map(({ id, kind, details, createdAt }) => {
      const told = details as unknown as BudgetNotification['details'];
      return {
        id,
        kind: kind as BudgetNotification['kind'],
        scope: told.scope,
        agent: told.agent_instance_id === null ? null : (slugs.get(told.agent_instance_id) ?? null),
        period: told.period,
        starts_on: told.starts_on,
        limit_usd: told.limit_usd,
        spent_usd: told.spent_usd,
        created_at: createdAt.toISOString(),
      };
    });
  });
}
