import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type OutgoingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';

interface FolderServer {
  readonly url: string;
  stop(): Promise<void>;
}

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
};

/**
 * A static host, as plain as they come: a folder's files on `127.0.0.1`, `index.html` at `/`.
 *
 * @param headersOf what is sent beside the type, by path
 */
export async function startFolder(
  folder: string,
  headersOf: (path: string) => OutgoingHttpHeaders = () => ({}),
): Promise<FolderServer> {
  const answer = async (path: string, response: ServerResponse) => {
    const file = path === '/' ? '/index.html' : path;
    const content = await readFile(join(folder, file)).catch(() => null);
    const type = types[extname(file)] ?? 'application/octet-stream';
    if (content) response.writeHead(200, { 'content-type': type, ...headersOf(file) }).end(content);
    // Browsers ask for an icon by themselves; that it is missing is no error of the page.
    else response.writeHead(file === '/favicon.ico' ? 204 : 404).end();
  };
  const server = createServer((request, response) => {
    void answer(new URL(request.url ?? '/', 'http://host').pathname, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
