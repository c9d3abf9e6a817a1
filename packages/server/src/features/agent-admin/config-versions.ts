import type { z } from 'zod';
import type { AccountTransaction } from '../../db/index.ts';
import { AppError } from '../../errors.ts';
import type { AgentConfigVersion } from '../../generated/prisma/client.ts';
import type { AgentAdminDependencies } from './dependencies.ts';
import { diffConfigs } from './diff-configs.ts';
import { getAgentInstance } from './find-agent-row.ts';
import type { configVersionSchema, configVersionsSchema } from './replies.ts';

const PAGE = 50;

/** What an agent has overridden, newest first. @param before a `next_before` */
export function listConfigVersions(
  { database }: AgentAdminDependencies,
  accountId: string,
  agentInstanceId: string,
  before: number | null,
): Promise<z.output<typeof configVersionsSchema>> {
  return database.withAccount(accountId, async (tx) => {
    await getAgentInstance(tx, accountId, agentInstanceId);
    const rows = await tx.agentConfigVersion.findMany({
      where: { accountId, agentInstanceId, ...(before !== null && { version: { lt: before } }) },
      orderBy: { version: 'desc' },
      take: PAGE + 1,
    });
    const page = rows.slice(0, PAGE);
    return { versions: page.map(toReply), next_before: rows.length > PAGE ? (page.at(-1)?.version ?? null) : null };
  });
}

/** One version, and what it changed. @throws {AppError} AGENT_NOT_FOUND, NOT_FOUND */
export function getConfigVersion(
  { database }: AgentAdminDependencies,
  accountId: string,
  agentInstanceId: string,
  version: number,
): Promise<z.output<typeof configVersionSchema>> {
  return database.withAccount(accountId, async (tx) => {
    await getAgentInstance(tx, accountId, agentInstanceId);
    const row = await findVersion(tx, { accountId, agentInstanceId, version });
    if (!row) throw new AppError('NOT_FOUND', 'There is no such version of this configuration.');
    const previous =
      version === 1 ? {} : (await findVersion(tx, { accountId, agentInstanceId, version: version - 1 }))?.configuration;
    return {
      ...toReply(row),
      overrides: row.configuration as Record<string, unknown>,
      changes: previous === undefined ? null : diffConfigs(previous, row.configuration),
    };
  });
}

function findVersion(tx: AccountTransaction, key: { accountId: string; agentInstanceId: string; version: number }) {
  return tx.agentConfigVersion.findUnique({ where: { accountId_agentInstanceId_version: key } });
}

function toReply({ version, createdAt, createdBy, revertedTo }: AgentConfigVersion) {
  return { version, created_at: createdAt.toISOString(), created_by: createdBy, reverted_to: revertedTo };
}
