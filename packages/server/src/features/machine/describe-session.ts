import type { z } from 'zod';
import type { Database } from '../../db/index.ts';
import type { KeyHolder } from '../keys/index.ts';
import { getSession } from './machine-session.ts';
import type { machineSessionSchema } from './replies.ts';

/** @throws {AppError} NOT_FOUND */
export async function describeSession(
  database: Database,
  key: KeyHolder,
  id: string,
): Promise<z.output<typeof machineSessionSchema>> {
  const session = await getSession(database, key, id);
  const { accountId } = key;
  const messageCount = await database.withAccount(accountId, (tx) =>
    tx.message.count({ where: { accountId, sessionId: id, replacedAt: null, status: { not: 'pending' } } }),
  );
  return {
    session_id: session.id,
    agent: session.agentSlug,
    org_id: session.orgId,
    began_by: session.isMachines ? 'api' : 'visitor',
    message_count: messageCount,
    created_at: session.createdAt.toISOString(),
    last_activity_at: session.lastActivityAt.toISOString(),
    ended_at: session.endedAt?.toISOString() ?? null,
  };
}
