import type { z } from 'zod';
import type { AccountActor } from '../../access/actor.ts';
import { AppError } from '../../errors.ts';
import { checkOverrides } from '../agents/index.ts';
import { recordAudit } from '../audit/index.ts';
import { refusePastAgentLimit } from './agent-limit.ts';
import { checkSettings } from './check-settings.ts';
import type { AgentAdminDependencies } from './dependencies.ts';
import { nameEditor } from './name-editor.ts';
import type { createAgentSchema } from './schemas.ts';
import { toManagedAgent, type ManagedAgent } from './to-managed-agent.ts';

/**
 * Makes an agent of its template and its row, without any file. It serves at once.
 *
 * @throws {AppError} VALIDATION_ERROR (the slug is taken, or the configuration wrong), FORBIDDEN past the tier's limit
 */
export async function createAgent(
  dependencies: AgentAdminDependencies,
  actor: AccountActor,
  { instance_slug: slug, agent_type: agentType, display_name, configuration = {} }: z.output<typeof createAgentSchema>,
): Promise<ManagedAgent> {
  checkOverrides(configuration);
  const displayName = display_name ?? configuration.display_name ?? slug;
  const overrides = { ...configuration, display_name: displayName };
  const { accountId } = actor;
  await checkSettings(dependencies, accountId, { slug, agentType, displayName, overrides });
  return dependencies.database.withAccount(accountId, async (tx) => {
    await refusePastAgentLimit(tx, accountId, dependencies.tiers);
    await nameEditor(tx, actor);
    const { count } = await tx.agentInstance.createMany({
      data: [
        {
          accountId,
          instanceSlug: slug,
          agentType,
          displayName,
          origin: 'api',
          createdBy: actor.kind === 'user' ? actor.id : null,
          configuration: overrides,
        },
      ],
      skipDuplicates: true,
    });
    if (count === 0) {
      throw new AppError(
        'VALIDATION_ERROR',
        'instance_slug: is taken, perhaps by a deleted agent. Choose another one.',
      );
    }
    const row = await tx.agentInstance.findUniqueOrThrow({
      where: { accountId_instanceSlug: { accountId, instanceSlug: slug } },
    });
    await recordAudit(tx, actor, {
      action: 'agent.created',
      target: { kind: 'agent', id: row.id },
      after: { instance_slug: slug, agent_type: agentType, status: row.status, config_version: row.configVersion },
    });
    return toManagedAgent(row);
  });
}
