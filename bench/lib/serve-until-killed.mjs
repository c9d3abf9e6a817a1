/**
 * Listens on a free port of 127.0.0.1 and tells the process that started this one where.
 *
 * @param {import('node:net').Server} server of `node:net` or `node:http`
 */
export function serveUntilKilled(server) {
  // Clients keep connections between suites; closing an idle one just as it is used again would be an error.
  if ('keepAliveTimeout' in server) server.keepAliveTimeout = 10 * 60_000;
  // A thousand visitors come at once.
  server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () => {
    const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
    process.send?.({ type: 'ready', url: `http://127.0.0.1:${port}` });
  });
}
