import { ERROR_STATUS, type ErrorBody, type ErrorCode } from '@salient/shared-types';
import { ChatError } from './errors.ts';

/** An HTTP error answer as a `ChatError`, also when a proxy wrote it and its body is not ours. */
export async function readError(response: Response): Promise<ChatError> {
  const body = await response
    .json()
    .then((json: unknown): Partial<ErrorBody> => (typeof json === 'object' && json !== null ? json : {}))
    .catch((): Partial<ErrorBody> => ({}));
  return new ChatError(body.code ?? codeOfStatus(response.status), {
    detail: body.detail,
    status: response.status,
    retryAfterSeconds: parseSeconds(response.headers.get('retry-after')),
    requestId: body.request_id ?? response.headers.get('x-request-id') ?? undefined,
    isRenewed: response.headers.get('x-salient-session') === 'renewed',
  });
}

/** The first code listed for a status; a status that is nobody's reads as a server that is not well. */
function codeOfStatus(status: number): ErrorCode | 'BAD_RESPONSE' {
  const match = Object.entries(ERROR_STATUS).find(([, codeStatus]) => codeStatus === status);
  return match ? (match[0] as ErrorCode) : 'BAD_RESPONSE';
}

/** `Retry-After` in its form of seconds; the server never sends the form of a date. */
function parseSeconds(header: string | null): number | undefined {
  return header !== null && /^\d+$/.test(header) ? Number(header) : undefined;
}
