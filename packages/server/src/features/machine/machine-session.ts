import { createHmac, randomBytes } from 'node:crypto';
import type { Database } from '../../db/index.ts';
import { AppError } from '../../errors.ts';
import type { KeyHolder } from '../keys/index.ts';

/** No hash of a browser's key looks like this, so no browser comes by such a session. */
const MARK = 'api:';

/** A session of the key's account, and of its agent where the key is for one. */
export interface FoundSession {
  id: string;
  agentInstanceId: string;
  agentSlug: string;
  sessionKey: string;
  isMachines: boolean;
  orgId: string | null;
  createdAt: Date;
  lastActivityAt: Date;
  endedAt: Date | null;
}

/** Names the session that a message without one begins. */
export interface NewSession {
  agentInstanceId: string;
  orgId: string | null;
  clientMessageId: string | null;
}

/**
 * The `session_key` of a session that is to begin. The same `client_message_id` of the same key names the same one, so
 * that a message that is sent again finds its answer; without it every message begins another.
 */
export function newSessionKey(secret: string, { id }: KeyHolder, session: NewSession): string {
  const { agentInstanceId, orgId, clientMessageId } = session;
  if (clientMessageId === null) return MARK + randomBytes(32).toString('hex');
  const name = JSON.stringify([id, agentInstanceId, orgId, clientMessageId]);
  return MARK + createHmac('sha256', secret).update(name).digest('hex');
}

/** @throws {AppError} NOT_FOUND, also for one that is somebody else's */
export async function getSession(database: Database, key: KeyHolder, id: string): Promise<FoundSession> {
  const { accountId, agentInstanceId } = key;
  const row = await database.withAccount(accountId, (tx) =>
    tx.session.findFirst({
      where: { id, accountId, ...(agentInstanceId !== null && { agentInstanceId }) },
      include: { agentInstance: { select: { instanceSlug: true } } },
    }),
  );
  if (!row?.agentInstance || row.agentInstanceId === null) throw sessionNotFound();
  return {
    id: row.id,
    agentInstanceId: row.agentInstanceId,
    agentSlug: row.agentInstance.instanceSlug,
    sessionKey: row.sessionKey,
    isMachines: row.sessionKey.startsWith(MARK),
    orgId: orgIdOf(row.metadata),
    createdAt: row.createdAt,
    lastActivityAt: row.lastActivityAt,
    endedAt: row.endedAt,
  };
}

/** Keeps the customer's grouping with a session that has none yet. */
export async function keepOrgId(database: Database, accountId: string, id: string, orgId: string): Promise<void> {
  await database.withAccount(
    accountId,
    (tx) => tx.$executeRaw`
      UPDATE sessions SET metadata = metadata || jsonb_build_object('org_id', ${orgId}::text)
      WHERE account_id = ${accountId}::uuid AND id = ${id}::uuid AND NOT metadata ? 'org_id'`,
  );
}

export function sessionNotFound(): AppError {
  return new AppError('NOT_FOUND', 'There is no such session.');
}

function orgIdOf(metadata: unknown): string | null {
  const { org_id: orgId } = metadata as { org_id?: unknown };
  return typeof orgId === 'string' ? orgId : null;
}
