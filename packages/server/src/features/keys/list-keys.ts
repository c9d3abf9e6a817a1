import type { Database } from '../../db/index.ts';
import { toKeyReply, WITH_AGENT, type ApiKeyReply } from './to-key-reply.ts';

/** Every key of an account, also those that are revoked, newest first. */
export function listKeys(database: Database, accountId: string): Promise<ApiKeyReply[]> {
  return database.withAccount(accountId, async (tx) => {
    const rows = await tx.apiKey.findMany({
      where: { accountId },
      orderBy: { createdAt: 'desc' },
      include: WITH_AGENT,
    });
    return rows.map(toKeyReply);
  });
}
