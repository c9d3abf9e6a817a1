import type { Database } from '../../db/index.ts';
import { AppError } from '../../errors.ts';
import type { SessionCookie } from './session-cookie.ts';
import { createVisitorKey, hashCredential, isSessionToken } from './visitor-key.ts';

/** Somebody's browser, as far as one account can know it. */
export interface Visitor {
  identifiedBy: 'cookie' | 'token' | 'none';
  /** Names the visitor in `sessions.session_key`. */
  sessionKey: string;
  /** The `Set-Cookie` header that will bring the visitor back, from now for as long as a cookie lasts. */
  setCookie: string | null;
}

export interface VisitorRequest {
  accountId: string;
  agentInstanceId: string;
  cookieHeader: string | undefined;
  authorizationHeader: string | undefined;
  /** The browser has had our cookie before; without one now, it blocks cookies. */
  expectsCredential: boolean;
}

/**
 * Who is asking: by bearer token, else by cookie, else somebody new.
 *
 * @throws {AppError} UNAUTHENTICATED for a token that is not good for this agent, or a blocked cookie
 */
export async function identifyVisitor(
  database: Database,
  cookie: SessionCookie,
  secret: string,
  request: VisitorRequest,
): Promise<Visitor> {
  const { accountId, authorizationHeader } = request;
  if (authorizationHeader !== undefined) {
    const token = /^Bearer (\S+)$/i.exec(authorizationHeader)?.[1] ?? '';
    const sessionKey = isSessionToken(token) ? await findTokenOwner(database, secret, request, token) : null;
    if (sessionKey === null) {
      throw new AppError('UNAUTHENTICATED', 'This session token is not valid here or has expired. Ask for a new one.');
    }
    return { identifiedBy: 'token', sessionKey, setCookie: null };
  }

  const key = cookie.read(request.cookieHeader);
  if (key !== null) {
    return { identifiedBy: 'cookie', sessionKey: hashCredential(secret, accountId, key), setCookie: cookie.write(key) };
  }
  if (request.expectsCredential) {
    throw new AppError('UNAUTHENTICATED', 'The session cookie did not come back. Ask for a session token instead.');
  }
  const newKey = createVisitorKey();
  return {
    identifiedBy: 'none',
    sessionKey: hashCredential(secret, accountId, newKey),
    setCookie: cookie.write(newKey),
  };
}

function findTokenOwner(
  database: Database,
  secret: string,
  { accountId, agentInstanceId }: VisitorRequest,
  token: string,
): Promise<string | null> {
  return database.withAccount(accountId, async (tx) => {
    const found = await tx.sessionToken.findUnique({
      where: { tokenHash: hashCredential(secret, accountId, token), agentInstanceId, expiresAt: { gt: new Date() } },
      select: { sessionKey: true },
    });
    return found?.sessionKey ?? null;
  });
}
