/**
 * Listens on a free port of 127.0.0.1 and tells the process that started this one where.
 *
 * @param {import('node:http').Server} server
 */
export function serveUntilKilled(server) {
  // Clients keep connections between suites; closing an idle one just as it is used again would be an error.
  server.keepAliveTimeout = 10 * 60_000;
  server.listen(0, '127.0.0.1', () => {
    const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
    process.send?.({ type: 'ready', url: `http://127.0.0.1:${port}` });
  });
}
