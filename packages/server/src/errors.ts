import { ERROR_STATUS, type ErrorBody, type ErrorCode } from '@salient/shared-types';

const TITLES: Record<ErrorCode, string> = {
  VALIDATION_ERROR: 'Invalid request',
  PAYLOAD_TOO_LARGE: 'Request too large',
  UNSUPPORTED_MEDIA_TYPE: 'Unsupported media type',
  METHOD_NOT_ALLOWED: 'Method not allowed',
  NOT_FOUND: 'Not found',
  ACCOUNT_NOT_FOUND: 'Account not found',
  AGENT_NOT_FOUND: 'Agent not found',
  AGENT_MISCONFIGURED: 'Agent misconfigured',
  ORIGIN_NOT_ALLOWED: 'Origin not allowed',
  UNAUTHENTICATED: 'Not authenticated',
  FORBIDDEN: 'Forbidden',
  RATE_LIMIT_EXCEEDED: 'Too many requests',
  BUDGET_EXCEEDED: 'Budget exceeded',
  TURN_IN_PROGRESS: 'Answer in progress',
  UPSTREAM_ERROR: 'The model provider failed',
  UPSTREAM_TIMEOUT: 'The model provider took too long',
  NOT_READY: 'Not ready',
  INTERNAL_ERROR: 'Internal error',
};

const RETRYABLE: ReadonlySet<ErrorCode> = new Set([
  'RATE_LIMIT_EXCEEDED',
  'TURN_IN_PROGRESS',
  'UPSTREAM_ERROR',
  'UPSTREAM_TIMEOUT',
  'NOT_READY',
  'INTERNAL_ERROR',
]);

/** A failure with a place in the contract. `message` is the `detail` a visitor reads: safe to show, and actionable. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  /** Extra response headers, such as `Allow` or `Retry-After`. */
  readonly headers: Readonly<Record<string, string>>;
  /** Name of the limit that refused, for the operator. */
  readonly limit: string | null;

  constructor(
    code: ErrorCode,
    detail: string,
    options: { cause?: unknown; headers?: Record<string, string>; limit?: string } = {},
  ) {
    super(detail, { cause: options.cause });
    this.code = code;
    this.headers = options.headers ?? {};
    this.limit = options.limit ?? null;
  }

  get status(): number {
    return ERROR_STATUS[this.code];
  }

  get retryable(): boolean {
    return RETRYABLE.has(this.code);
  }

  toBody(requestId: string): ErrorBody {
    return { error: TITLES[this.code], detail: this.message, code: this.code, request_id: requestId };
  }
}

/** What an unexpected failure looks like from outside: nothing of its own shows. */
export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  return new AppError('INTERNAL_ERROR', 'Something went wrong on our side. Try again in a moment.', { cause: error });
}
