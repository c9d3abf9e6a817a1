import { Agent as HttpAgent, request as requestHttp } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';

/** Sends one POST and gives the response, its body not read yet. Rejects when no response came. */
export type HttpTransport = (
  url: URL,
  options: {
    headers: Record<string, string>;
    body: string;
    signal: AbortSignal | undefined;
    /** Called when the connection stands, TLS included; at once for one that is used again. */
    onConnected?: (() => void) | undefined;
  },
) => Promise<IncomingMessage>;

/** Servers close idle connections after a minute or so; a connection that is closed as it is used is a failed call. */
const IDLE_MS = 30_000;

/**
 * Makes a transport that keeps connections for the next call.
 *
 * Not `fetch`: reading its web streams costs two to three times as much CPU per token, and it has limits of its own
 * (10 s to connect, 300 s of silence) that would come before ours, without a name.
 */
export function createHttpTransport(): HttpTransport {
  const http = new HttpAgent({ keepAlive: true, timeout: IDLE_MS });
  const https = new HttpsAgent({ keepAlive: true, timeout: IDLE_MS });

  return (url, { headers, body, signal, onConnected }) =>
    new Promise((resolve, reject) => {
      const options = { method: 'POST', headers, ...(signal && { signal }) };
      const call =
        url.protocol === 'https:'
          ? requestHttps(url, { ...options, agent: https })
          : requestHttp(url, { ...options, agent: http });
      if (onConnected) {
        call.once('socket', (socket) => {
          if (socket.connecting) socket.once(url.protocol === 'https:' ? 'secureConnect' : 'connect', onConnected);
          else onConnected();
        });
      }
      call.once('response', resolve);
      call.on('error', reject);
      call.end(body);
    });
}
