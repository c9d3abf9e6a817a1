import { AGENT_TYPES, type AgentType } from '@salient/shared-types';
import type { Database } from '../../db/index.ts';
import { ACCOUNT_TIERS, type AccountTier } from '../../account-tiers.ts';
import { parseYamlFile } from '../../yaml-file.ts';
import { rowLayerSchema, type AgentConfig } from './agent-config.ts';
import {
  NO_FILES,
  readAgentFiles,
  readTemplate,
  signIncludes,
  signTemplate,
  type AgentFiles,
  type AgentFolders,
} from './agent-files.ts';
import { IncompleteConfigError, mergeLayers, type NamedLayer } from './merge-layers.ts';

/** An agent that serves: its row and its merged configuration. Never changes; an edit makes a new one. */
export interface Agent {
  id: string;
  slug: string;
  accountId: string;
  accountSlug: string;
  accountName: string;
  /** `accounts.subscription_tier` */
  accountTier: AccountTier;
  config: AgentConfig;
  /** False for one that was made over the API: it has its row and its template. */
  hasFolder: boolean;
  /** Absolute paths of its own knowledge files. */
  knowledgeFiles: string[];
}

/** What the cache compares to notice an edit. */
export interface AgentVersion {
  /** `updated_at` of row and account, as text. */
  row: string;
  files: string;
  template: string;
  includes: string;
}

/** The rows behind an agent, as far as serving depends on them. */
export interface AgentRow {
  id: string;
  slug: string;
  accountId: string;
  accountSlug: string;
  accountName: string;
  accountTier: AccountTier;
  displayName: string;
  agentType: string;
  /** As in `agent_instances.origin`. */
  origin: string;
  configuration: unknown;
  version: string;
}

/** What an agent's behaviour is put together from. */
interface AgentLayers {
  agentType: AgentType;
  layers: NamedLayer[];
  files: AgentFiles;
  templateSignature: string;
}

/** The active row of an active account, or which of the two is missing. */
export async function findAgentRow(
  database: Database,
  accountSlug: string,
  agentSlug: string,
): Promise<AgentRow | 'no account' | 'no agent'> {
  const found = await database.withAccountSlug(accountSlug, async (tx, account) => {
    if (account.status !== 'active') return 'no account' as const;
    const row = await tx.agentInstance.findUnique({
      where: { accountId_instanceSlug: { accountId: account.id, instanceSlug: agentSlug } },
    });
    if (!row || row.status !== 'active') return 'no agent' as const;
    const [version] = await tx.$queryRaw<[{ version: string }]>`
      SELECT concat(accounts.updated_at, '/', agent_instances.updated_at) AS version
      FROM agent_instances JOIN accounts ON accounts.id = agent_instances.account_id
      WHERE agent_instances.id = ${row.id}::uuid`;
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
      version: version.version,
    };
  });
  return found ?? 'no account';
}

/**
 * Merges template, file and row.
 *
 * @throws {YamlFileError} | {MissingConfigFileError} | {IncompleteConfigError}
 */
export async function loadAgent(
  row: AgentRow,
  folders: AgentFolders,
  defaultHistoryLimit: number,
): Promise<{ agent: Agent; version: AgentVersion }> {
  const { layers, files, templateSignature } = await readLayers(row, folders);
  const config = mergeLayers(layers, fallbackOf(row, defaultHistoryLimit));
  return {
    agent: {
      id: row.id,
      slug: row.slug,
      accountId: row.accountId,
      accountSlug: row.accountSlug,
      accountName: row.accountName,
      accountTier: row.accountTier,
      config,
      hasFolder: row.origin === 'folder',
      knowledgeFiles: files.knowledgeFiles,
    },
    version: {
      row: row.version,
      files: files.signature,
      template: templateSignature,
      includes: await signIncludes(folders, config.knowledgeInclude),
    },
  };
}

/** A check of the database holds the column to these. */
export function tierOf({ subscriptionTier }: { subscriptionTier: string }): AccountTier {
  return ACCOUNT_TIERS.find((tier) => tier === subscriptionTier) ?? 'free';
}

/**
 * Reads what lies under and over each other to make an agent, the lowest first.
 *
 * @throws {YamlFileError} | {MissingConfigFileError} | {IncompleteConfigError}
 */
export async function readLayers(row: AgentRow, folders: AgentFolders): Promise<AgentLayers> {
  // Whoever names an agent over the API must not get at the folder of that name.
  const files = row.origin === 'folder' ? await readAgentFiles(folders, row.accountSlug, row.slug) : NO_FILES;
  // The row is parsed through YAML (JSON is a subset), so that its errors name lines and keys as well.
  const overrides = parseYamlFile(
    `agent_instances.configuration of ${row.accountSlug}/${row.slug}`,
    JSON.stringify(row.configuration, null, 2),
    rowLayerSchema,
  );
  const agentType = overrides.agent_type ?? files.layer.agent_type ?? agentTypeOf(row);
  // Signed before reading: an edit in between is read again, never missed.
  const templateSignature = await signTemplate(folders, agentType);
  return {
    agentType,
    layers: [
      { name: 'default', layer: { agent_type: agentType } },
      { name: 'template', layer: await readTemplate(folders, agentType) },
      { name: 'file', layer: files.layer },
      { name: 'database', layer: overrides },
    ],
    files,
    templateSignature,
  };
}

/** What holds where no layer says it and no default is the same for all. */
export function fallbackOf(row: AgentRow, defaultHistoryLimit: number) {
  return {
    displayName: row.displayName,
    historyLimit: defaultHistoryLimit,
    systemPrompt: `You are ${row.displayName}, a helpful assistant of ${row.accountName}.`,
  };
}

function agentTypeOf(row: AgentRow): AgentType {
  const known = AGENT_TYPES.find((type) => type === row.agentType);
  if (known) return known;
  throw new IncompleteConfigError(
    `agent_instances.agent_type of ${row.accountSlug}/${row.slug}: must be one of ${AGENT_TYPES.join(', ')}`,
  );
}
