/** Every error code the server can answer with, and its HTTP status. The one list both halves read. */
export const ERROR_STATUS = {
  VALIDATION_ERROR: 422,
  PAYLOAD_TOO_LARGE: 413,
  UNSUPPORTED_MEDIA_TYPE: 415,
  METHOD_NOT_ALLOWED: 405,
  NOT_FOUND: 404,
  ACCOUNT_NOT_FOUND: 404,
  AGENT_NOT_FOUND: 404,
  AGENT_MISCONFIGURED: 500,
  ORIGIN_NOT_ALLOWED: 403,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  RATE_LIMIT_EXCEEDED: 429,
  BUDGET_EXCEEDED: 402,
  TURN_IN_PROGRESS: 409,
  VERSION_CONFLICT: 412,
  UPSTREAM_ERROR: 502,
  UPSTREAM_TIMEOUT: 504,
  NOT_READY: 503,
  INTERNAL_ERROR: 500,
} as const;

export type ErrorCode = keyof typeof ERROR_STATUS;

/** The body of every HTTP error. */
export interface ErrorBody {
  /** Short title, the same for every error of a code. */
  error: string;
  /** One sentence a person can act on. Safe to show. */
  detail: string;
  code: ErrorCode;
  request_id: string;
}
