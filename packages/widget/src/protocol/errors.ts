import type { ErrorCode } from '@salient/shared-types';

/** What can go wrong between the widget and the server, beside the server's own codes. */
export type ChatErrorCode =
  | ErrorCode
  /** The browser says it has no network. */
  | 'OFFLINE'
  /** No answer at all: server down, blocked, or an origin the server does not name in CORS. */
  | 'NETWORK'
  /** A wait of ours ended. */
  | 'TIMEOUT'
  /** An answer that is not of the contract, such as a proxy's HTML page. */
  | 'BAD_RESPONSE'
  /** A stream that ended or fell silent before `done`. */
  | 'STREAM_LOST';

export interface ChatErrorOptions {
  /** The server's sentence for people. */
  detail?: string | undefined;
  status?: number | undefined;
  /** From `Retry-After`. */
  retryAfterSeconds?: number | undefined;
  requestId?: string | undefined;
  /** The browser has been given another cookie: the same call may succeed with it. */
  isRenewed?: boolean;
  cause?: unknown;
}

/** The one error the widget's own code throws. It becomes a state of the view, never an error of the page. */
export class ChatError extends Error {
  override readonly name = 'ChatError';
  readonly code: ChatErrorCode;
  readonly detail: string | undefined;
  readonly status: number | undefined;
  readonly retryAfterSeconds: number | undefined;
  readonly requestId: string | undefined;
  readonly isRenewed: boolean | undefined;

  constructor(code: ChatErrorCode, options: ChatErrorOptions = {}) {
    super(options.detail ?? code, { cause: options.cause });
    this.code = code;
    this.detail = options.detail;
    this.status = options.status;
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.requestId = options.requestId;
    this.isRenewed = options.isRenewed;
  }
}

/** `instanceof` fails across frames and across two copies of the bundle. */
export function isChatError(value: unknown): value is ChatError {
  return value instanceof Error && value.name === 'ChatError' && 'code' in value;
}

/** Whatever was thrown, as a `ChatError`. */
export function toChatError(value: unknown): ChatError {
  return isChatError(value) ? value : new ChatError('NETWORK', { cause: value });
}

/** True when the same call, made again a little later, may well succeed. */
export function isTransient(error: ChatError): boolean {
  return TRANSIENT.has(error.code);
}

const TRANSIENT = new Set<ChatErrorCode>(['OFFLINE', 'NETWORK', 'TIMEOUT', 'STREAM_LOST', 'NOT_READY']);
