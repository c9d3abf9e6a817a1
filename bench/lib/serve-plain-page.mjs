import { once } from 'node:events';
import { createServer } from 'node:http';

const HTML = `<!doctype html><html lang="en"><head><meta charset="utf-8" />
<meta name="viewport" content="width=device-width" /><title>A plain page</title>
<meta name="description" content="A heading and a paragraph." /><link rel="icon" href="data:," /></head>
<body><main><h1>A plain page</h1><p>A heading and a paragraph.</p></main></body></html>`;

/**
 * A page that nothing can be wrong with: what it does not reach, the machine does not give at the moment.
 *
 * @param {import('./create-cleanup.mjs').Cleanup} cleanup
 * @returns {Promise<string>} its address
 */
export async function servePlainPage(cleanup) {
  const server = createServer(({ url }, response) => {
    if (url === '/') response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' }).end(HTML);
    else response.writeHead(404).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanup.add(async () => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (server.address()).port}/`;
}
