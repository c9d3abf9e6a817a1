import type { z } from 'zod';
import type { AccountActor } from '../../access/actor.ts';
import { mayDo } from '../../access/roles.ts';
import { AppError } from '../../errors.ts';
import type { AgentInstance, Prisma } from '../../generated/prisma/client.ts';
import { recordAudit } from '../audit/index.ts';
import { refusePastAgentLimit } from './agent-limit.ts';
import type { AgentAdminDependencies } from './dependencies.ts';
import { getAgentInstance, lockAgentInstance } from './find-agent-row.ts';
import { nameEditor } from './name-editor.ts';
import type { editAgentSchema } from './schemas.ts';
import { toManagedAgent, type ManagedAgent } from './to-managed-agent.ts';

export type AgentEdit = z.output<typeof editAgentSchema>;

/**
 * Renames an agent, pauses, resumes, deletes or brings it back. A new name is also an override, or a file's or template's
 * would go on hiding it.
 *
 * @throws {AppError} AGENT_NOT_FOUND; FORBIDDEN past the tier's limit, or without the right to delete
 */
export function editAgent(
  { database, tiers }: AgentAdminDependencies,
  actor: AccountActor,
  agentId: string,
  { display_name: displayName, status }: AgentEdit,
): Promise<ManagedAgent> {
  const { accountId } = actor;
  return database.withAccount(accountId, async (tx) => {
    // The account before the agent, as everywhere, or two edits could wait for each other.
    const before = await getAgentInstance(tx, accountId, agentId);
    if (status !== undefined && (status === 'deleted') !== (before.status === 'deleted')) refuseToDelete(actor);
    if (before.status === 'deleted' && status !== undefined && status !== 'deleted') {
      await refusePastAgentLimit(tx, accountId, tiers);
    }
    const locked = await lockAgentInstance(tx, accountId, agentId);
    await nameEditor(tx, actor);
    const after = await tx.agentInstance.update({
      where: { accountId_id: { accountId, id: agentId } },
      data: {
        ...(status !== undefined && { status }),
        ...(displayName !== undefined && { displayName, configuration: withName(locked, displayName) }),
      },
    });
    if (describe(locked) !== describe(after)) {
      await recordAudit(tx, actor, {
        action: after.status === 'deleted' && locked.status !== 'deleted' ? 'agent.deleted' : 'agent.edited',
        target: { kind: 'agent', id: agentId },
        before: { display_name: locked.displayName, status: locked.status, config_version: locked.configVersion },
        after: { display_name: after.displayName, status: after.status, config_version: after.configVersion },
      });
    }
    return toManagedAgent(after);
  });
}

function refuseToDelete({ kind, role }: AccountActor): void {
  if (kind === 'system' || (role !== null && mayDo(role, 'delete_agents'))) return;
  throw new AppError('FORBIDDEN', 'Your role in this account may pause agents, not delete them or bring them back.');
}

function withName({ configuration }: AgentInstance, displayName: string): Prisma.InputJsonObject {
  return { ...(configuration as Prisma.InputJsonObject), display_name: displayName };
}

function describe({ displayName, status, configVersion }: AgentInstance): string {
  return JSON.stringify([displayName, status, configVersion]);
}
