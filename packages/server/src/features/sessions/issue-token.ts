import type { SessionToken } from '@salient/shared-types';
import type { Database } from '../../db/index.ts';
import { createSessionToken, createVisitorKey, hashCredential } from './visitor-key.ts';

export interface TokenRequest {
  accountId: string;
  agentInstanceId: string;
  /** The visitor the token stands for; null makes a new one, whom nothing else can name. */
  sessionKey: string | null;
  maxAgeDays: number;
}

/** Gives a browser that blocks cookies another way to be recognised: by one agent, in a header. */
export async function issueToken(database: Database, secret: string, request: TokenRequest): Promise<SessionToken> {
  const { accountId, agentInstanceId } = request;
  const token = createSessionToken();
  const expiresAt = new Date(Date.now() + request.maxAgeDays * 86_400_000);
  await database.withAccount(accountId, (tx) =>
    tx.sessionToken.create({
      data: {
        accountId,
        agentInstanceId,
        tokenHash: hashCredential(secret, accountId, token),
        sessionKey: request.sessionKey ?? hashCredential(secret, accountId, createVisitorKey()),
        expiresAt,
      },
      select: { id: true },
    }),
  );
  return { token, expires_at: expiresAt.toISOString() };
}
