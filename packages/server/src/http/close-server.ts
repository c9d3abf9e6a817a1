import type { Server } from 'node:http';

/** How long a slow reader may take for the last bytes of its answer. */
const LAST_BYTES_MS = 1_000;

/** Stops listening, lets what has been written arrive, and closes every connection. */
export async function closeServer(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), LAST_BYTES_MS);
  await closed;
  clearTimeout(timer);
}
