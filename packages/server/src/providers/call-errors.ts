import type { ChatReply } from './chat-reply.ts';
import { ProviderError } from './model-provider.ts';
import { parseRetryAfter } from './parse-retry-after.ts';

// None of these keeps an error it was made from: a cause can hold bytes of the reply, and with them the prompt or a key.

/** The provider answered with a status other than 2xx. */
export function toHttpError(name: string, status: number, headers: Headers): ProviderError {
  if (status >= 300 && status <= 399) {
    return new ProviderError('http', `${name} answered with a redirect (${status}), which is not followed.`, {
      status,
    });
  }
  return new ProviderError('http', `${name} answered with HTTP status ${status}.`, {
    status,
    retryable: isRetryable(status),
    retryAfterMs: parseRetryAfter(headers.get('retry-after'), new Date()),
  });
}

/** No connection, or it broke. Names the system's error code where there is one. */
export function toNetworkError(name: string, cause: unknown, reply?: ChatReply): ProviderError {
  const code = findErrorCode(cause);
  const what = reply ? 'broke before the answer was whole' : 'failed';
  return new ProviderError('network', `The connection to ${name} ${what}${code ? ` (${code})` : ''}.`, {
    ...readSoFar(reply),
    retryable: !reply || reply.heard === 0,
  });
}

/** The reply cannot be read further, or says itself that it failed. */
export function toFaultError(name: string, reply: ChatReply): ProviderError {
  const { kind, what, status } = reply.fault ?? { kind: 'malformed' as const, what: 'sent nonsense', status: null };
  return new ProviderError(kind, `${name} ${what}${status ? ` (${status})` : ''}.`, {
    ...readSoFar(reply),
    retryable: status !== null && isRetryable(status) && reply.heard === 0,
  });
}

/** A limit ran out. Not retryable: the visitor has waited long enough for this provider. */
export function toTimeoutError(name: string, limit: string, reply: ChatReply): ProviderError {
  return new ProviderError('timeout', `${name} did not answer within the ${limit}.`, readSoFar(reply));
}

/** The caller no longer wants the answer. What was reported until then is still owed. */
export function toAbortError(name: string, reason: unknown, reply: ChatReply): ProviderError {
  return new ProviderError('aborted', `The call of ${name} was aborted.`, { cause: reason, ...readSoFar(reply) });
}

function readSoFar(reply: ChatReply | undefined): { usage?: ChatReply['usage']; modelAnswered?: string | null } {
  return reply ? { usage: reply.usage, modelAnswered: reply.modelAnswered } : {};
}

function isRetryable(status: number): boolean {
  return status === 408 || status === 429 || status >= 500;
}

function findErrorCode(error: unknown): string | null {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const code = 'code' in cause ? cause.code : null;
    if (typeof code === 'string' && /^[A-Z][A-Z0-9_]{2,40}$/.test(code)) return code;
  }
  return null;
}
