import { once } from 'node:events';
import { createServer, type OutgoingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A customer's web site: one page, on another site than the server it embeds. */
export interface HostPage {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

export interface HostPageOptions {
  /** Sent with the page, for instance a Content-Security-Policy. */
  readonly headers?: OutgoingHttpHeaders;
  /** Further scripts and sheets of the page, by path: what they are follows from the ending. */
  readonly files?: Record<string, string | Buffer>;
}

const types: Record<string, string> = {
  js: 'text/javascript',
  css: 'text/css',
  woff2: 'font/woff2',
  html: 'text/html',
};

/** Serves this HTML at `/` and its files on `127.0.0.1` and a random port; any other address is a 404. */
export async function startHostPage(
  html: string,
  { headers = {}, files = {} }: HostPageOptions = {},
): Promise<HostPage> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://host');
    if (pathname === '/') {
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', ...headers }).end(html);
    } else if (files[pathname] !== undefined) {
      const type = types[pathname.split('.').at(-1) ?? ''];
      response.writeHead(200, { 'content-type': `${type}; charset=utf-8` }).end(files[pathname]);
    } else {
      // Browsers ask for an icon by themselves; that it is missing is no error of the page.
      response.writeHead(pathname === '/favicon.ico' ? 204 : 404).end();
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  const stop = async () => {
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, stop };
}
