import type { Database, EnterByKeyInput, EnteredByKey, EnteredVisitor } from '../../db/index.ts';
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

/** A browser with a cookie, or without, before the database has been asked whose it is. */
export interface ExpectedVisitor {
  /** Whose it is unless the database knows better. */
  visitor: Visitor;
  /** What to ask the database. */
  entry: EnterByKeyInput;
  /** Whether there is anything to ask: a newcomer who leaves no record is not looked up. */
  isAsked: boolean;
  /**
   * What the answer means.
   *
   * @throws {AppError} UNAUTHENTICATED for a key that is no longer good
   */
  judge(entered: EnteredByKey): Promise<Visitor>;
}

/**
 * Who is asking: by bearer token, else by cookie, else somebody new.
 *
 * @throws {AppError} UNAUTHENTICATED for a credential that is no longer good, a token of another agent, or a blocked cookie
 */
export async function identifyVisitor(dependencies: VisitorDependencies, request: VisitorRequest): Promise<Visitor> {
  if (request.authorizationHeader !== undefined) {
    return identifyByToken(dependencies, request, request.authorizationHeader);
  }
  return enter(dependencies, expectVisitor(dependencies, request));
}

/**
 * Who is asking by cookie, or without one.
 *
 * @throws {AppError} UNAUTHENTICATED for a blocked cookie
 */
export function expectVisitor(dependencies: VisitorDependencies, request: VisitorRequest): ExpectedVisitor {
  const { cookie, rules } = dependencies;
  const key = cookie.read(request.cookieHeader);
  if (key === null && request.expectsCredential) {
    throw new AppError('UNAUTHENTICATED', 'The session cookie did not come back. Ask for a session token instead.');
  }
  // Records of what is older than this are cleared away.
  const isKnown = key !== null && key.issuedAt.getTime() + rules.idleSeconds * 1000 > Date.now();
  return isKnown ? expectReturning(dependencies, request, key) : expectNewcomer(dependencies, request);
}

/** Asks the database. */
export async function enter({ database }: VisitorDependencies, expected: ExpectedVisitor): Promise<Visitor> {
  return expected.isAsked ? expected.judge(await database.visitors.enterByKey(expected.entry)) : expected.visitor;
}

function expectReturning(dependencies: VisitorDependencies, request: VisitorRequest, key: VisitorKey): ExpectedVisitor {
  const { rules, cookie } = dependencies;
  const entry = entryOf(dependencies, request, key);
  const renewed = renewKey(key, rules.rotateHours);
  const known = { key: renewed, isKeyNew: renewed !== key };
  return {
    entry,
    isAsked: true,
    visitor: { identifiedBy: 'cookie', sessionKey: entry.keyHash, externalId: null, token: null, ...known },
    async judge(entered) {
      await noteEntry(dependencies, request, entered);
      if (entered.status === 'ok') return visitorOf('cookie', entered, known);
      if (entered.status === 'expired') return enter(dependencies, expectNewcomer(dependencies, request));
      // Never a newer seal for the same secret: whoever shows an ended key may be a thief.
      const another = entered.status === 'ended' && { 'Set-Cookie': cookie.write(createVisitorKey(rules.rotateHours)) };
      throw noLongerGood({ ...RENEWED_HEADER, ...another });
    },
  };
}

function expectNewcomer(dependencies: VisitorDependencies, request: VisitorRequest): ExpectedVisitor {
  const key = createVisitorKey(dependencies.rules.rotateHours);
  const entry = entryOf(dependencies, request, key);
  const visitor: Visitor = {
    identifiedBy: 'none',
    sessionKey: entry.keyHash,
    externalId: null,
    key,
    isKeyNew: true,
    token: null,
  };
  return {
    entry,
    isAsked: request.remember,
    visitor,
    async judge(entered) {
      await noteEntry(dependencies, request, entered);
      return visitor;
    },
  };
}

function entryOf(
  { secret, rules }: VisitorDependencies,
  { accountId, remember }: VisitorRequest,
  key: VisitorKey,
): EnterByKeyInput {
  return {
    accountId,
    browserHash: hashBrowser(secret, key.secret),
    keyHash: hashCredential(secret, accountId, key.secret),
    issuedAt: key.issuedAt,
    remember,
    overlapSeconds: rules.overlapSeconds,
    absoluteSeconds: rules.absoluteSeconds,
  };
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

async function noteEntry(
  dependencies: VisitorDependencies,
  request: VisitorRequest,
  entered: EnteredByKey,
): Promise<void> {
  if (entered.is_new) await dependencies.notes.visitorBegun(request);
  await noteReuse(dependencies, request, entered);
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
