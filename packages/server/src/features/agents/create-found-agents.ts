import type { Database } from '../../db/index.ts';
import type { Logger } from '../../log.ts';
import { findAgentFolders, readAccountName, readAgentFiles, readTemplate, type AgentFolders } from './agent-files.ts';
import { isSlug } from './slug.ts';

/**
 * Creates, active, every account and agent that has a folder but no row. Rows that exist are left alone: from then on
 * the row decides. An account that a person has opened gets nothing from a folder of the same name. A folder that cannot be read is reported and does not stop the others.
 */
export async function createFoundAgents(
  database: Database,
  folders: AgentFolders,
  tier: string,
  log: Logger,
): Promise<void> {
  for (const found of await findAgentFolders(folders)) {
    const { account, agent } = found;
    if (!isSlug(account) || !isSlug(agent)) {
      log.warn(found, 'folder ignored: account and agent names are letters, digits, - and _');
      continue;
    }
    try {
      const isCreated = await createFoundAgent(database, folders, { ...found, tier });
      if (!isCreated) log.warn(found, 'folder ignored: a person has opened an account of that name');
    } catch (error) {
      log.error({ ...found, problem: (error as Error).message }, 'agent folder cannot be used');
    }
  }
}

/** False where the account is not the operator's own. */
async function createFoundAgent(
  database: Database,
  folders: AgentFolders,
  { account: accountSlug, agent: agentSlug, tier }: { account: string; agent: string; tier: string },
): Promise<boolean> {
  const { layer } = await readAgentFiles(folders, accountSlug, agentSlug);
  const agentType = layer.agent_type ?? 'simple_chat';
  const template = await readTemplate(folders, agentType);
  const name = (await readAccountName(folders, accountSlug)) ?? accountSlug;

  return database.withNewAccount({ slug: accountSlug, name, subscriptionTier: tier }, async (tx, account) => {
    if (account.createdBy !== null) return false;
    await tx.agentInstance.createMany({
      data: [
        {
          accountId: account.id,
          instanceSlug: agentSlug,
          agentType,
          displayName: layer.display_name ?? template.display_name ?? agentSlug,
        },
      ],
      skipDuplicates: true,
    });
    return true;
  });
}
