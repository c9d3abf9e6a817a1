import type { Database } from '../../db/index.ts';
import type { Logger } from '../../log.ts';
import { findAgentFolders, readAccountName, readAgentFiles, readTemplate, type AgentFolders } from './agent-files.ts';
import { isSlug } from './slug.ts';

/**
 * Creates, active, every account and agent that has a folder but no row. Rows that exist are left alone: from then on
 * the row decides. An account that a person has opened gets nothing from a folder of the same name, nor does an agent that
 * was made over the API. A folder that cannot be read is reported and does not stop the others.
 */
export async function createFoundAgents(
  database: Database,
  folders: AgentFolders,
  tier: string,
  log: Logger,
): Promise<void> {
  const known = await readKnownAgents(database);
  for (const found of await findAgentFolders(folders)) {
    const { account, agent } = found;
    if (known.has(`${account}/${agent}`)) continue;
    if (!isSlug(account) || !isSlug(agent)) {
      log.warn(found, 'folder ignored: account and agent names are letters, digits, - and _');
      continue;
    }
    try {
      const obstacle = await createFoundAgent(database, folders, { ...found, tier });
      if (obstacle) log.warn(found, `folder ignored: ${obstacle}`);
    } catch (error) {
      log.error({ ...found, problem: (error as Error).message }, 'agent folder cannot be used');
    }
  }
}

/** As `account/agent`, in any status. One statement, so that a start with thousands of agents is as fast as with one. */
async function readKnownAgents(database: Database): Promise<ReadonlySet<string>> {
  const rows = await database.asWorker(
    (tx) => tx.$queryRaw<{ name: string }[]>`
      SELECT accounts.slug || '/' || agent_instances.instance_slug AS name
      FROM agent_instances JOIN accounts ON accounts.id = agent_instances.account_id
      WHERE agent_instances.origin = 'folder' AND accounts.created_by IS NULL`,
  );
  return new Set(rows.map(({ name }) => name));
}

/** Says what is in the way, if anything is. */
async function createFoundAgent(
  database: Database,
  folders: AgentFolders,
  { account: accountSlug, agent: agentSlug, tier }: { account: string; agent: string; tier: string },
): Promise<string | null> {
  const { layer } = await readAgentFiles(folders, accountSlug, agentSlug);
  const agentType = layer.agent_type ?? 'simple_chat';
  const template = await readTemplate(folders, agentType);
  const name = (await readAccountName(folders, accountSlug)) ?? accountSlug;

  return database.withNewAccount({ slug: accountSlug, name, subscriptionTier: tier }, async (tx, account) => {
    if (account.createdBy !== null) return 'a person has opened an account of that name';
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
    const { origin } = await tx.agentInstance.findUniqueOrThrow({
      where: { accountId_instanceSlug: { accountId: account.id, instanceSlug: agentSlug } },
    });
    return origin === 'folder' ? null : 'an agent of that name was made over the API';
  });
}
