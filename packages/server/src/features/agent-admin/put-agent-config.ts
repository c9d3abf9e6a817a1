import type { AccountActor } from '../../access/actor.ts';
import { AppError } from '../../errors.ts';
import type { AgentInstance } from '../../generated/prisma/client.ts';
import { agentNotFound, checkOverrides } from '../agents/index.ts';
import { recordAudit } from '../audit/index.ts';
import { inspectOrRefuse } from './check-settings.ts';
import type { AgentAdminDependencies } from './dependencies.ts';
import { auditOf, diffConfigs } from './diff-configs.ts';
import { getAgentInstance, lockAgentInstance, toAgentRow } from './find-agent-row.ts';
import { nameEditor } from './name-editor.ts';

export interface ConfigEdit {
  agentId: string;
  /** The version that the edit began with. Null: whatever is there. */
  expectedVersion: number | null;
  overrides: unknown;
  /** The older version that is brought back. */
  revertedTo?: number;
}

/**
 * Replaces what an agent overrides. In force within two seconds, at every process.
 *
 * @throws {AppError} VALIDATION_ERROR naming the keys that are wrong, AGENT_NOT_FOUND, VERSION_CONFLICT
 */
export async function putAgentConfig(
  dependencies: AgentAdminDependencies,
  actor: AccountActor,
  { agentId, expectedVersion, overrides, revertedTo }: ConfigEdit,
): Promise<void> {
  const { database } = dependencies;
  const { accountId } = actor;
  checkOverrides(overrides);
  const { account, row } = await database.withAccount(accountId, async (tx) => ({
    row: await getAgentInstance(tx, accountId, agentId),
    account: await tx.account.findUniqueOrThrow({ where: { id: accountId } }),
  }));
  if (row.status === 'deleted') throw agentNotFound();
  refuseLostUpdate(row, expectedVersion);
  await inspectOrRefuse(dependencies, toAgentRow(account, { ...row, configuration: overrides }));

  await database.withAccount(accountId, async (tx) => {
    const before = await lockAgentInstance(tx, accountId, agentId);
    // Somebody may have come in between.
    refuseLostUpdate(before, expectedVersion);
    await nameEditor(tx, actor, revertedTo);
    const after = await tx.agentInstance.update({
      where: { accountId_id: { accountId, id: agentId } },
      data: { configuration: overrides },
    });
    if (after.configVersion === before.configVersion) return;
    const changes = diffConfigs(before.configuration, overrides);
    await recordAudit(tx, actor, {
      action: revertedTo === undefined ? 'agent.config_changed' : 'agent.config_reverted',
      target: { kind: 'agent', id: agentId },
      before: { version: before.configVersion, ...auditOf(changes, 'before') },
      after: { version: after.configVersion, ...auditOf(changes, 'after') },
    });
  });
}

function refuseLostUpdate({ configVersion }: AgentInstance, expected: number | null): void {
  if (expected === null || expected === configVersion) return;
  throw new AppError(
    'VERSION_CONFLICT',
    `The configuration is at version ${configVersion} by now. Read it again, and make your change to that one.`,
  );
}
