import type { IncomingMessage } from 'node:http';
import OpenAI, { APIError } from 'openai';
import { toHttpError, toNetworkError } from './call-errors.ts';
import { createHttpTransport } from './http-transport.ts';
import type { HttpTransport } from './http-transport.ts';
import type { ModelRequest } from './model-provider.ts';
import { PROVIDER_QUIRKS } from './provider-quirks.ts';
import type { RemoteProviderName } from './provider-quirks.ts';

export interface ChatClientOptions {
  name: RemoteProviderName;
  /** Address of the API, without `/chat/completions`. */
  baseUrl: string;
  /** Null: none is sent. */
  apiKey: string | null;
  /** Default: one of its own. Clients that share one share its connections. */
  transport?: HttpTransport;
}

/**
 * Sends a request and gives the response, status 2xx, its body not read yet. `onConnected` is called when the connection
 * stands. Rejects with `ProviderError`.
 */
export type SendChatRequest = (
  request: ModelRequest,
  signal: AbortSignal,
  onConnected: () => void,
) => Promise<IncomingMessage>;

/** What our `fetch` is given: the package's own, and `fetchOptions` as they were. */
interface FetchOptions extends RequestInit {
  onConnected?: () => void;
}

/** What a request of ours says. The package would add facts about this machine, and headers from its environment. */
const SENT_HEADERS = ['accept', 'authorization', 'content-type', 'x-title'];

/** Longer than any call: our own limits are exact and named. */
const NO_TIMEOUT_MS = 2 ** 31 - 1;

/** Makes the client of one provider. It follows no redirect and never reads the body of an error. */
export function createChatClient(options: ChatClientOptions): SendChatRequest {
  const { name, baseUrl, apiKey, transport = createHttpTransport() } = options;
  const quirks = PROVIDER_QUIRKS[name];
  const responses = new WeakMap<Response, IncomingMessage>();
  const client = new OpenAI({
    baseURL: baseUrl,
    // The package insists on a key; without one of ours the header is taken out again.
    apiKey: apiKey ?? 'none',
    defaultHeaders: { ...quirks.headers, ...(apiKey === null && { Authorization: null }) },
    // Null keeps the package from reading the environment.
    adminAPIKey: null,
    organization: null,
    project: null,
    webhookSecret: null,
    logLevel: 'off',
    maxRetries: 0,
    timeout: NO_TIMEOUT_MS,
    fetch: fetchHead,
  });

  return async (request, signal, onConnected) => {
    const { model, messages, temperature, maxTokens } = request;
    const body = {
      model,
      messages: messages.map(({ role, content }) => ({ role, content })),
      temperature,
      [quirks.maxTokensParameter]: maxTokens,
      stream: true as const,
      stream_options: { include_usage: true },
      ...quirks.body,
    };
    // `object`, because the package types what `fetch` itself takes, and hands on what it does not know.
    const fetchOptions: object = { onConnected };
    try {
      const head = await client.chat.completions.create(body, { signal, fetchOptions }).asResponse();
      const response = responses.get(head);
      if (!response) throw new Error('The package did not hand on the response it was given.');
      return response;
    } catch (error) {
      const { status, headers } = error instanceof APIError ? (error as Partial<APIError>) : {};
      throw status && headers ? toHttpError(name, status, headers) : toNetworkError(name, error);
    }
  };

  /** What the package sees of a response: everything but its body. */
  async function fetchHead(url: string | URL | Request, init: FetchOptions = {}): Promise<Response> {
    const given = new Headers(init.headers);
    const headers: Record<string, string> = { 'user-agent': 'Salient', 'accept-encoding': 'identity' };
    for (const key of SENT_HEADERS) {
      const value = given.get(key);
      if (value !== null) headers[key] = value;
    }
    const response = await transport(new URL(url instanceof Request ? url.url : url), {
      headers,
      body: typeof init.body === 'string' ? init.body : '',
      signal: init.signal ?? undefined,
      onConnected: init.onConnected,
    });
    const status = response.statusCode ?? 0;
    const retryAfter = response.headers['retry-after'];
    const head = new Response(null, { status, headers: retryAfter ? { 'retry-after': retryAfter } : {} });
    responses.set(head, response);
    // An error's body may be endless, and may quote the prompt or the key.
    if (!head.ok) response.destroy();
    return head;
  }
}
