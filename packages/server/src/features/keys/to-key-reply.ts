import type { z } from 'zod';
import type { ApiKey } from '../../generated/prisma/client.ts';
import type { apiKeySchema } from './replies.ts';

export type ApiKeyReply = z.output<typeof apiKeySchema>;

/** What a key's row needs beside itself to be shown. */
export const WITH_AGENT = { agentInstance: { select: { instanceSlug: true } } } as const;

export function toKeyReply(row: ApiKey & { agentInstance: { instanceSlug: string } | null }): ApiKeyReply {
  return {
    id: row.id,
    name: row.name,
    prefix: row.prefix,
    scopes: row.scopes as ApiKeyReply['scopes'],
    agent: row.agentInstance?.instanceSlug ?? null,
    created_at: row.createdAt.toISOString(),
    created_by: row.createdBy,
    expires_at: row.expiresAt?.toISOString() ?? null,
    revoked_at: row.revokedAt?.toISOString() ?? null,
    last_used_at: row.lastUsedAt?.toISOString() ?? null,
  };
}
