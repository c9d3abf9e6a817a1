import type { Identified, SessionToken } from '@salient/shared-types';
import { ChatError, isChatError } from './errors.ts';
import { readError } from './read-error.ts';
import type { TokenStore } from './token-store.ts';

export interface CallOptions {
  method?: 'GET' | 'POST';
  /** Sent as JSON. */
  body?: object;
  headers?: Record<string, string>;
  /** Until the answer's headers. The body of a stream has its own clock. */
  timeoutMs?: number;
  /** One per call or turn: it is listened to until it fires. */
  signal?: AbortSignal | undefined;
}

/** Makes one API call below `A` and resolves with a successful response, or throws a `ChatError`. */
export type Call = (path: string, options?: CallOptions) => Promise<Response>;

export interface CallerDependencies {
  /** Address of `A`: backend, account and agent, without a slash at the end. */
  agentUrl: string;
  tokens: TokenStore;
  fetch: typeof fetch;
  isOnline: () => boolean;
}

const CALL_TIMEOUT_MS = 20_000;
const TOKEN_PATH = '/session/token';
export const IDENTIFY_PATH = '/identify';
export const SIGN_OUT_PATH = '/session/signout';
/** What the server says of the credential: `rotate`, a token is to be exchanged; `renewed`, the browser has another cookie. */
const SESSION_HEADER = 'X-Salient-Session';

/**
 * The ladder of credentials. First the server's cookie. Once one call has succeeded, later calls say that a session is
 * expected; a 401 then means that the browser does not send the cookie back, and a bearer token takes its place for
 * good. A stored token that the server no longer knows is dropped once, and the ladder begins again. A token that is due
 * is exchanged on the side, and a call whose cookie has just been replaced is made again with the new one.
 */
export function createCaller({ agentUrl, tokens, fetch, isOnline }: CallerDependencies): Call {
  let sessionExpected = false;
  let tokenRequest: Promise<void> | undefined;
  /** What the server was told of the visitor. Where the cookie did not stay, the token's visitor has to be told it too. */
  let introduction: object | undefined;

  return async function call(path, options = {}) {
    const tokenUsed = tokens.get();
    try {
      return await attempt(path, options);
    } catch (error) {
      if (!isChatError(error) || error.code !== 'UNAUTHENTICATED') throw error;
      if (tokenUsed) dropToken(tokenUsed);
      else if (error.isRenewed) sessionExpected = false;
      else if (sessionExpected) await requestToken(options.signal);
      else throw error;
      return attempt(path, options);
    }
  };

  async function attempt(path: string, options: CallOptions): Promise<Response> {
    const token = tokens.get();
    const response = await send(path, options, token);
    if (!response.ok) throw await readError(response);
    sessionExpected = true;
    if (path === IDENTIFY_PATH) introduction = options.body;
    if (path === SIGN_OUT_PATH) introduction = undefined;
    // Whether it comes to anything or not: the old one works until the new one has been used.
    if (token && path !== TOKEN_PATH && response.headers.get(SESSION_HEADER) === 'rotate') {
      requestToken(undefined).catch(() => {});
    }
    return response;
  }

  async function send(path: string, options: CallOptions, token: string | null): Promise<Response> {
    const { method = 'GET', body, headers, timeoutMs = CALL_TIMEOUT_MS, signal } = options;
    const abort = new AbortController();
    // Stays attached after the headers have come: the same signal ends the reading of a stream.
    signal?.addEventListener('abort', () => abort.abort(), { once: true });
    if (signal?.aborted) abort.abort();
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      abort.abort();
    }, timeoutMs);
    try {
      return await fetch(agentUrl + path, {
        method,
        credentials: token ? 'omit' : 'include',
        headers: {
          ...(body && { 'Content-Type': 'application/json' }),
          ...(token && { Authorization: `Bearer ${token}` }),
          ...(!token && sessionExpected && path !== TOKEN_PATH && { [SESSION_HEADER]: 'expected' }),
          ...headers,
        },
        ...(body && { body: JSON.stringify(body) }),
        signal: abort.signal,
      });
    } catch (error) {
      throw new ChatError(timedOut ? 'TIMEOUT' : isOnline() ? 'NETWORK' : 'OFFLINE', { cause: error });
    } finally {
      clearTimeout(timer);
    }
  }

  /** Two calls refused at once must not make two sessions. */
  function requestToken(signal: AbortSignal | undefined): Promise<void> {
    const isFirst = tokens.get() === null;
    tokenRequest ??= attempt(TOKEN_PATH, { method: 'POST', body: {}, signal })
      .then((response) => response.json())
      .then((token: SessionToken) => tokens.set(token))
      .then(() => (isFirst && introduction ? introduceAgain(introduction) : undefined))
      .finally(() => (tokenRequest = undefined));
    return tokenRequest;
  }

  async function introduceAgain(body: object): Promise<void> {
    introduction = undefined;
    const response = await attempt(IDENTIFY_PATH, { method: 'POST', body });
    const { token } = (await response.json()) as Identified;
    if (token) tokens.set(token);
  }

  function dropToken(token: string) {
    // A call that failed later must not drop the token that has replaced it meanwhile.
    if (tokens.get() === token) tokens.set(null);
    sessionExpected = false;
  }
}
