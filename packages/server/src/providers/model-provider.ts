import type { Citation, FinishReason, ProviderName } from '@salient/shared-types';

/** One message of a prompt. Content is plain text. */
export interface ModelMessage {
  role: 'system' | 'user' | 'assistant';
  content: string;
}

/** A passage of the agent's own knowledge, chosen for this question. */
export interface Passage {
  documentTitle: string;
  /** Heading inside the document; null for text before the first heading. */
  section: string | null;
  /** Markdown of the passage, whole. */
  content: string;
  /** Public address of the document, if it has one. */
  url: string | null;
  /** Higher is better; comparable only within one search. */
  score: number;
}

/** Everything a provider needs to answer once. Built fresh for every call; never holds a key. */
export interface ModelRequest {
  model: string;
  /** System prompt first, oldest to newest, the visitor's question last. */
  messages: readonly ModelMessage[];
  temperature: number;
  maxTokens: number;
  /** Best first. Remote models already find them in the system message; `local` quotes them. */
  passages: readonly Passage[];
  /** What the agent knows about, for an honest "I don't know that". */
  topics: readonly string[];
}

/** What a provider says a call cost, in US dollars as decimal strings. Null where it does not say. */
export interface ReportedCost {
  costUsd: string | null;
  promptCostUsd: string | null;
  completionCostUsd: string | null;
}

/** Token counts and cost as the provider reported them, read by `parseUsage`. */
export interface ReportedUsage extends ReportedCost {
  promptTokens: number;
  /** Part of `promptTokens` that was read from the provider's cache. */
  cachedPromptTokens: number;
  /** Billable output: includes reasoning, also where the provider counts that apart. */
  completionTokens: number;
  /** Part of `completionTokens`. */
  reasoningTokens: number;
}

/** How a call ended after the provider said it was over. */
export interface ModelCompletion {
  finishReason: Extract<FinishReason, 'stop' | 'length'>;
  /** The model that answered, as the provider names it; null when it does not say. */
  modelAnswered: string | null;
  /** The provider's id of the reply, for support questions. */
  responseId: string | null;
  /** Null when the provider reported none; a cost alone where it counted no tokens that can be believed. */
  usage: ReportedUsage | ReportedCost | null;
  /** Null when the provider does not say; then the marks `[n]` in the text do. */
  citations: Citation[] | null;
}

export interface ModelProvider {
  readonly name: ProviderName;
  /**
   * Asks the model once, without retries. `onText` gets each piece of answer text as it arrives, in order,
   * synchronously, never empty. Rejects with `ProviderError`; when `signal` was aborted, of kind `aborted`, or with
   * `signal.reason` where nothing can have been reported.
   */
  complete(request: ModelRequest, onText: (text: string) => void, signal: AbortSignal): Promise<ModelCompletion>;
}

/** Limits of one call, in milliseconds. Each is named in the error it causes. */
export interface ProviderTimeouts {
  /** From the call until the connection stands: name, TCP and TLS. */
  connectMs: number;
  /** From there to the first piece of text, or of reasoning. Servers that load a model first send no headers until then. */
  firstTokenMs: number;
  /** Between two pieces of text. */
  betweenTokensMs: number;
  /** The whole call. */
  totalMs: number;
}

export type ProviderErrorKind =
  /** One of `ProviderTimeouts` ran out. */
  | 'timeout'
  /** No connection, or it broke. */
  | 'network'
  /** The provider answered with an error status. */
  | 'http'
  /** The provider answered with something that is no chat-completions stream, or too much of it. */
  | 'malformed'
  /** The provider reported an error inside the stream. */
  | 'reported'
  /** The caller's signal was aborted; `cause` is its reason. */
  | 'aborted';

/** A call that failed. The message is ours: it never quotes the provider, so it is safe to log. */
export class ProviderError extends Error {
  override readonly name = 'ProviderError';
  readonly kind: ProviderErrorKind;
  /** HTTP status, for kind `http`. */
  readonly status: number | null;
  /** Whether asking again may help, provided no text has arrived. */
  readonly retryable: boolean;
  /** From `Retry-After`. */
  readonly retryAfterMs: number | null;
  /** Usage that had been reported before the failure. */
  readonly usage: ModelCompletion['usage'];
  readonly modelAnswered: string | null;

  constructor(
    kind: ProviderErrorKind,
    message: string,
    options: {
      cause?: unknown;
      status?: number;
      retryable?: boolean;
      retryAfterMs?: number | null;
      usage?: ModelCompletion['usage'];
      modelAnswered?: string | null;
    } = {},
  ) {
    super(message, { cause: options.cause });
    this.kind = kind;
    this.status = options.status ?? null;
    this.retryable = options.retryable ?? false;
    this.retryAfterMs = options.retryAfterMs ?? null;
    this.usage = options.usage ?? null;
    this.modelAnswered = options.modelAnswered ?? null;
  }
}
