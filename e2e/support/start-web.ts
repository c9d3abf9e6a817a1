import { once } from 'node:events';
import {
  request as requestPlain,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type ServerResponse,
} from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createCertificate } from './create-certificate.ts';

/** What a site serves: by path, HTML or an answer of its own. */
export type Site = Record<string, string | { body: string; headers: OutgoingHttpHeaders }>;

/** Gets the address of each host, which is known only once the web stands. */
export type MakeSites = (url: (host: string) => string) => Record<string, Site>;

export interface WebOptions {
  /** Where the Salient server listens. */
  salientUrl: string;
  /** The hosts beside the server, each below another domain: what browsers call another site. */
  hosts: readonly string[];
  sites: MakeSites;
  /** The name under which the Salient server answers. Default: `SALIENT_HOST`. */
  salientHost?: string;
  /** Changes the `Set-Cookie` header that the Salient server sent, as a browser that knows less of it would read it. */
  readCookie?: (setCookie: string) => string;
}

/** Some web sites and a Salient server, all with https. */
export interface Web {
  /** Where a host is found, without a slash at the end. */
  url(host: string): string;
  /** Every request that reached the Salient server. */
  readonly requests: { method: string; url: string; headers: IncomingMessage['headers'] }[];
  stop(): Promise<void>;
}

export const SALIENT_HOST = 'chat.salient.test';

/** Switch for Chromium: names that nobody owns lead to this machine. */
export const webArgument = '--host-resolver-rules=MAP *.test 127.0.0.1';

export async function startWeb(options: WebOptions): Promise<Web> {
  const { salientUrl, salientHost = SALIENT_HOST, hosts, sites: makeSites, readCookie } = options;
  const requests: Web['requests'] = [];
  const certificate = await createCertificate([salientHost, ...hosts]);
  const server = createServer(certificate, (request, response) => {
    const host = request.headers.host?.replace(/:\d+$/, '') ?? '';
    const { pathname } = new URL(request.url ?? '/', 'https://host');
    if (host === salientHost) forward(request, response);
    else answer(sites[host]?.[pathname], pathname, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const url = (host: string) => `https://${host}:${port}`;
  const sites = makeSites(url);

  return {
    url,
    requests,
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };

  /** What the reverse proxy of an installation does. */
  function forward(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const { method = 'GET', url: path = '/', headers } = incoming;
    requests.push({ method, url: path, headers });
    const asked = requestPlain(new URL(path, salientUrl), { method, headers }, (reply) => {
      const cookies = reply.headers['set-cookie']?.map((cookie) => readCookie?.(cookie) ?? cookie);
      outgoing.writeHead(reply.statusCode ?? 502, { ...reply.headers, ...(cookies && { 'set-cookie': cookies }) });
      reply.pipe(outgoing);
      outgoing.once('close', () => reply.destroy());
    });
    asked.once('error', () => outgoing.destroy());
    incoming.pipe(asked);
  }
}

function answer(page: Site[string] | undefined, path: string, response: ServerResponse): void {
  // Browsers ask for an icon by themselves; that it is missing is no error of the page.
  if (page === undefined) response.writeHead(path === '/favicon.ico' ? 204 : 404).end();
  else if (typeof page === 'string') response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(page);
  else response.writeHead(200, page.headers).end(page.body);
}
