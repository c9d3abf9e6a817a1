import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { replyForModel } from './fake-provider-replies.ts';

/** What the fake provider was asked, and what became of the connection. */
export interface RecordedRequest {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  /** The parsed JSON body. */
  body: Record<string, unknown>;
  /** `body.model`, or an empty string. */
  model: string;
  /** Milliseconds since the epoch. */
  receivedAt: number;
  /** Milliseconds since the epoch; null while the exchange goes on. */
  closedAt: number | null;
  /** Whether the whole reply had been sent when the exchange ended: false after a stop, a timeout or a cut. */
  replied: boolean;
  /** Resolves when the exchange has ended. */
  closed: Promise<void>;
}

/** One request being answered. */
export interface Exchange {
  request: RecordedRequest;
  response: ServerResponse;
  /** Waits. Returns false, at once, when the connection has gone. */
  wait: (ms: number) => Promise<boolean>;
}

/** Answers one request. May leave it open: `close` ends every connection. */
export type Reply = (exchange: Exchange) => Promise<void> | void;

export interface FakeProvider {
  port: number;
  /** `http://127.0.0.1:<port>/v1` */
  baseUrl: string;
  /** Oldest first. */
  requests: RecordedRequest[];
  /** Chooses the reply to every request from now on. Default: `replyForModel(request.model)`. */
  script(choose: (request: RecordedRequest) => Reply): void;
  /** Ends every connection and stops listening. */
  close(): Promise<void>;
}

/**
 * Starts a chat-completions provider on a free loopback port: real HTTP, real sockets, every fault on demand.
 * `GET /requests` gives what it recorded, for tests in another process.
 */
export async function startFakeProvider(): Promise<FakeProvider> {
  const requests: RecordedRequest[] = [];
  let choose = (request: RecordedRequest): Reply => replyForModel(request.model);

  const server = createServer((incoming, response) => {
    if (incoming.method === 'GET' && incoming.url === '/requests') {
      response.setHeader('Content-Type', 'application/json').end(JSON.stringify(requests));
      return;
    }
    // A reply that fails is a mistake in a test: its client sees the connection break.
    answer(incoming, response).catch((error: unknown) => response.destroy(error as Error));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  return {
    port,
    baseUrl: `http://127.0.0.1:${port}/v1`,
    requests,
    script(next) {
      choose = next;
    },
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };

  async function answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = await record(incoming, response);
    requests.push(request);
    incoming.socket.setNoDelay(true);
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    const wait = (ms: number): Promise<boolean> => sleep(ms, true, { signal: gone.signal }).catch(() => false);
    await choose(request)({ request, response, wait });
  }
}

async function record(incoming: IncomingMessage, response: ServerResponse): Promise<RecordedRequest> {
  const receivedAt = Date.now();
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const body = JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>;
  const request: RecordedRequest = {
    method: incoming.method ?? '',
    path: incoming.url ?? '',
    headers: incoming.headers,
    body,
    model: typeof body['model'] === 'string' ? body['model'] : '',
    receivedAt,
    closedAt: null,
    replied: false,
    closed: new Promise((resolve) => {
      response.once('close', () => {
        request.closedAt = Date.now();
        request.replied = response.writableFinished;
        resolve();
      });
    }),
  };
  return request;
}
