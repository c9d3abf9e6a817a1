import type { SessionToken } from '@salient/shared-types';
import type { AccountTransaction, Database } from '../../db/index.ts';
import { createVisitor } from './create-visitor.ts';
import { hashCredential } from './hash-credential.ts';
import type { SessionRules } from './session-rules.ts';
import { createSessionToken } from './session-token.ts';

export interface TokenRequest {
  accountId: string;
  agentInstanceId: string;
  /** The visitor the token stands for; null makes a new one, whom nothing else can name. */
  sessionKey: string | null;
  /** Id of the token that it takes the place of. */
  replaces: string | null;
}

/**
 * Gives a browser that blocks cookies another way to be recognised: by one agent, in a header. Takes the place of an older
 * token, which works until a short while after the new one is first used.
 */
export function issueToken(
  database: Database,
  secret: string,
  rules: SessionRules,
  request: TokenRequest,
): Promise<SessionToken> {
  const { accountId } = request;
  return database.withAccount(accountId, async (tx) => {
    const sessionKey = request.sessionKey ?? (await createVisitor(tx, accountId));
    // Somebody who has only looked so far has no record yet.
    if (request.sessionKey) await tx.visitor.createMany({ data: [{ accountId, sessionKey }], skipDuplicates: true });
    return storeToken(tx, secret, rules, { ...request, sessionKey });
  });
}

/** The same for a visitor who exists, in a transaction under way. */
export async function storeToken(
  tx: AccountTransaction,
  secret: string,
  rules: SessionRules,
  { accountId, agentInstanceId, sessionKey, replaces }: TokenRequest & { sessionKey: string },
): Promise<SessionToken> {
  const token = createSessionToken();
  const now = Date.now();
  const replaced =
    replaces === null
      ? null
      : await tx.sessionToken.findFirst({ where: { accountId, id: replaces }, select: { startedAt: true } });
  const startedAt = replaced?.startedAt ?? new Date(now);
  const expiresAt = new Date(
    Math.min(now + rules.idleSeconds * 1000, startedAt.getTime() + rules.absoluteSeconds * 1000),
  );
  await tx.sessionToken.create({
    data: {
      accountId,
      agentInstanceId,
      tokenHash: hashCredential(secret, accountId, token),
      sessionKey,
      replacesId: replaces,
      startedAt,
      expiresAt,
    },
    select: { id: true },
  });
  return { token, expires_at: expiresAt.toISOString() };
}
