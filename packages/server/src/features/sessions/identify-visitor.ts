import type { Database, EnteredByKey, EnteredVisitor } from '../../db/index.ts';
import { AppError } from '../../errors.ts';
import { hashBrowser, hashCredential } from './hash-credential.ts';
import type { AnomalyNotes } from './note-anomaly.ts';
import type { SessionCookie } from './session-cookie.ts';
import type { SessionRules } from './session-rules.ts';
import { isSessionToken } from './session-token.ts';
import { createVisitorKey, renewKey, type VisitorKey } from './visitor-key.ts';

/** Somebody's browser, as far as one account can know it. */
export interface Visitor {
  identifiedBy: 'cookie' | 'token' | 'none';
  /** Names the visitor in `sessions.session_key`. */
  sessionKey: string;
  /** The account's own name for the person, if its server has vouched for it. */
  externalId: string | null;
  /** What the browser is recognised by from now on; null where that is a token. */
  key: VisitorKey | null;
  /** Whether the browser has to be told its key: it is new to it. */
  isKeyNew: boolean;
  token: { id: string; isDue: boolean } | null;
}

export interface VisitorRequest {
  accountId: string;
  agentInstanceId: string;
  cookieHeader: string | undefined;
  authorizationHeader: string | undefined;
  /** The browser has had our cookie before; without one now, it blocks cookies. */
  expectsCredential: boolean;
  /** Where the request comes from. */
  address: string;
  /** Whether the request may leave a record of the visitor. */
  remember: boolean;
}

export interface VisitorDependencies {
  database: Database;
  cookie: SessionCookie;
  secret: string;
  rules: SessionRules;
  notes: AnomalyNotes;
}

/** On 401: the browser has been given another key, or is about to be. The same call, sent again, finds it. */
const RENEWED_HEADER = { 'X-Salient-Session': 'renewed' };

/**
 * Who is asking: by bearer token, else by cookie, else somebody new.
 *
 * @throws {AppError} UNAUTHENTICATED for a credential that is no longer good, a token of another agent, or a blocked cookie
 */
export async function identifyVisitor(dependencies: VisitorDependencies, request: VisitorRequest): Promise<Visitor> {
  if (request.authorizationHeader !== undefined) {
    return identifyByToken(dependencies, request, request.authorizationHeader);
  }
  const key = dependencies.cookie.read(request.cookieHeader);
  if (key !== null) return identifyByKey(dependencies, request, key);
  if (request.expectsCredential) {
    throw new AppError('UNAUTHENTICATED', 'The session cookie did not come back. Ask for a session token instead.');
  }
  return welcome(dependencies, request);
}

async function identifyByKey(
  dependencies: VisitorDependencies,
  request: VisitorRequest,
  key: VisitorKey,
): Promise<Visitor> {
  const { rules, cookie } = dependencies;
  // Records of what is older than this are cleared away.
  if (key.issuedAt.getTime() + rules.idleSeconds * 1000 <= Date.now()) return welcome(dependencies, request);
  const entered = await enterByKey(dependencies, request, key);
  await noteReuse(dependencies, request, entered);
  if (entered.status === 'ok') {
    const renewed = renewKey(key, rules.rotateHours);
    return visitorOf('cookie', entered, { key: renewed, isKeyNew: renewed !== key });
  }
  if (entered.status === 'expired') return welcome(dependencies, request);
  // Never a newer seal for the same secret: whoever shows an ended key may be a thief.
  const another = entered.status === 'ended' && { 'Set-Cookie': cookie.write(createVisitorKey(rules.rotateHours)) };
  throw noLongerGood({ ...RENEWED_HEADER, ...another });
}

async function identifyByToken(
  dependencies: VisitorDependencies,
  request: VisitorRequest,
  authorization: string,
): Promise<Visitor> {
  const { database, secret, rules } = dependencies;
  const { accountId, agentInstanceId } = request;
  const token = /^Bearer (\S+)$/i.exec(authorization)?.[1] ?? '';
  const entered = isSessionToken(token)
    ? await database.visitors.enterByToken({
        accountId,
        agentInstanceId,
        tokenHash: hashCredential(secret, accountId, token),
        overlapSeconds: rules.overlapSeconds,
        rotateSeconds: rules.rotateHours * 3600,
      })
    : null;
  if (entered) await noteReuse(dependencies, request, entered);
  if (entered?.status !== 'ok') {
    throw new AppError('UNAUTHENTICATED', 'This session token is not valid here or has expired. Ask for a new one.');
  }
  return {
    ...visitorOf('token', entered, { key: null, isKeyNew: false }),
    token: { id: entered.token_id, isDue: entered.is_due },
  };
}

/** Somebody new. */
async function welcome(dependencies: VisitorDependencies, request: VisitorRequest): Promise<Visitor> {
  const key = createVisitorKey(dependencies.rules.rotateHours);
  const { accountId } = request;
  const sessionKey = hashCredential(dependencies.secret, accountId, key.secret);
  if (request.remember) await enterByKey(dependencies, request, key);
  return {
    identifiedBy: 'none',
    sessionKey,
    externalId: null,
    key,
    isKeyNew: true,
    token: null,
  };
}

async function enterByKey(
  { database, secret, rules, notes }: VisitorDependencies,
  { accountId, address, remember }: VisitorRequest,
  key: VisitorKey,
): Promise<EnteredByKey> {
  const entered = await database.visitors.enterByKey({
    accountId,
    browserHash: hashBrowser(secret, key.secret),
    keyHash: hashCredential(secret, accountId, key.secret),
    issuedAt: key.issuedAt,
    remember,
    overlapSeconds: rules.overlapSeconds,
    absoluteSeconds: rules.absoluteSeconds,
  });
  if (entered.is_new) await notes.visitorBegun({ accountId, address });
  return entered;
}

async function noteReuse(
  dependencies: VisitorDependencies,
  { accountId, address }: VisitorRequest,
  entered: EnteredVisitor,
): Promise<void> {
  if (entered.note_reuse) await dependencies.notes.keyReused({ accountId, visitorId: entered.visitor_id, address });
}

function visitorOf(
  identifiedBy: Visitor['identifiedBy'],
  entered: EnteredVisitor,
  { key, isKeyNew }: Pick<Visitor, 'key' | 'isKeyNew'>,
): Visitor {
  return {
    identifiedBy,
    sessionKey: entered.session_key,
    externalId: entered.external_id,
    key,
    isKeyNew,
    token: null,
  };
}

function noLongerGood(headers: Record<string, string>): AppError {
  return new AppError('UNAUTHENTICATED', 'This session has ended. Send the request again to begin another.', {
    headers,
  });
}
