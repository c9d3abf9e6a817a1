import { AGENT_TYPES, type AgentType } from '@salient/shared-types';
import type { Database } from '../../db/index.ts';
import type { Logger } from '../../log.ts';
import { findAgentFolders, readAccountName, readAgentFiles, readTemplate, type AgentFolders } from './agent-files.ts';
import { isSlug } from './slug.ts';

/**
 * Creates, active, every account and agent that has a folder but no row. Rows that exist are left alone: from then on
 * the row decides. An account that a person has opened gets nothing from a folder of the same name, nor does an agent that
 * was made over the API. An agent whose files are broken is reported and created all the same: it answers
 * AGENT_MISCONFIGURED until they are mended, which needs no other start.
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
      const name = (await readAccountName(folders, account)) ?? account;
      const described = await describeFound(folders, found, log);
      const obstacle = await createFoundAgent(database, { ...found, ...described, name, tier });
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

/** What the row of an agent says at first; its slug, and the first of the types, where its files cannot say. */
async function describeFound(
  folders: AgentFolders,
  { account, agent }: { account: string; agent: string },
  log: Logger,
): Promise<{ agentType: AgentType; displayName: string }> {
  const unread = { agentType: AGENT_TYPES[0], displayName: agent };
  try {
    const { layer } = await readAgentFiles(folders, account, agent);
    const agentType = layer.agent_type ?? unread.agentType;
    const template = await readTemplate(folders, agentType);
    return { agentType, displayName: layer.display_name ?? template.display_name ?? unread.displayName };
  } catch (error) {
    log.error({ account, agent, problem: (error as Error).message }, 'agent folder cannot be used');
    return unread;
  }
}

interface FoundAgent {
  account: string;
  /** Of the account. */
  name: string;
  agent: string;
  agentType: AgentType;
  displayName: string;
  tier: string;
}

/** Says what is in the way, if anything is. */
async function createFoundAgent(
  database: Database,
  { account: accountSlug, name, agent: agentSlug, agentType, displayName, tier }: FoundAgent,
): Promise<string | null> {
  return database.withNewAccount({ slug: accountSlug, name, subscriptionTier: tier }, async (tx, account) => {
    if (account.createdBy !== null) return 'a person has opened an account of that name';
    await tx.agentInstance.createMany({
      data: [{ accountId: account.id, instanceSlug: agentSlug, agentType, displayName }],
      skipDuplicates: true,
    });
    const { origin } = await tx.agentInstance.findUniqueOrThrow({
      where: { accountId_instanceSlug: { accountId: account.id, instanceSlug: agentSlug } },
    });
    return origin === 'folder' ? null : 'an agent of that name was made over the API';
  });
}
