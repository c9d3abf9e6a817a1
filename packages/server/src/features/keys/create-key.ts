import type { z } from 'zod';
import type { AccountActor } from '../../access/actor.ts';
import type { AccountTransaction, Database } from '../../db/index.ts';
import { AppError } from '../../errors.ts';
import { agentNotFound } from '../agents/index.ts';
import { recordAudit } from '../audit/index.ts';
import { createApiKey } from './api-key.ts';
import type { createKeySchema } from './schemas.ts';
import { toKeyReply, WITH_AGENT, type ApiKeyReply } from './to-key-reply.ts';

/** Keys of an account that are not revoked. */
const MAX_KEYS = 100;

/**
 * Makes a key. It is in the answer and nowhere else: what is kept is its hash.
 *
 * @throws {AppError} AGENT_NOT_FOUND; FORBIDDEN past 100 keys
 */
export function createKey(
  database: Database,
  actor: AccountActor,
  { name, scopes, agent, expires_at: expiresAt }: z.output<typeof createKeySchema>,
): Promise<ApiKeyReply & { key: string }> {
  const { key, prefix, hash } = createApiKey();
  const { accountId } = actor;
  return database.withAccount(accountId, async (tx) => {
    await refusePastLimit(tx, accountId);
    const agentInstanceId = agent ? await findAgentId(tx, accountId, agent) : null;
    const row = await tx.apiKey.create({
      data: {
        accountId,
        agentInstanceId,
        name,
        prefix,
        keyHash: hash,
        scopes,
        createdBy: actor.kind === 'user' ? actor.id : null,
        expiresAt: expiresAt ?? null,
      },
      include: WITH_AGENT,
    });
    const reply = toKeyReply(row);
    await recordAudit(tx, actor, {
      action: 'key.created',
      target: { kind: 'key', id: row.id },
      after: { name, prefix, scopes, agent: reply.agent, expires_at: reply.expires_at },
    });
    return { ...reply, key };
  });
}

async function refusePastLimit(tx: AccountTransaction, accountId: string): Promise<void> {
  await tx.$queryRaw`SELECT id FROM accounts WHERE id = ${accountId}::uuid FOR NO KEY UPDATE`;
  if ((await tx.apiKey.count({ where: { accountId, revokedAt: null } })) < MAX_KEYS) return;
  throw new AppError('FORBIDDEN', `An account has room for ${MAX_KEYS} keys. Revoke one that nobody uses any more.`);
}

async function findAgentId(tx: AccountTransaction, accountId: string, slug: string): Promise<string> {
  const agent = await tx.agentInstance.findUnique({
    where: { accountId_instanceSlug: { accountId, instanceSlug: slug }, status: { not: 'deleted' } },
    select: { id: true },
  });
  if (!agent) throw agentNotFound();
  return agent.id;
}
