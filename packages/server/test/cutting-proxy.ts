import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface CuttingProxy {
  url: string;
  /** How many connections have come so far. */
  connections: () => number;
  close(): Promise<void>;
}

/**
 * A TCP proxy that cuts connections in the middle of an answer, wherever that is.
 *
 * @param cutAfterBytes for the first connection, the second and so on: how many bytes of the server's pass. Later ones
 *   are left alone
 */
export async function startCuttingProxy(targetUrl: string, cutAfterBytes: readonly number[]): Promise<CuttingProxy> {
  const target = new URL(targetUrl);
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer((client) => {
    let remaining = cutAfterBytes[connections] ?? Number.POSITIVE_INFINITY;
    connections += 1;
    const upstream = connect(Number(target.port), target.hostname);
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket);
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
      // A cut is what this proxy is for; both ends learn of it by the closed socket.
      socket.on('error', () => {});
    }
    client.pipe(upstream);
    upstream.on('data', (bytes: Buffer) => {
      if (bytes.length < remaining) {
        remaining -= bytes.length;
        client.write(bytes);
        return;
      }
      upstream.removeAllListeners('data');
      client.end(bytes.subarray(0, remaining), () => client.destroy());
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    connections: () => connections,
    async close() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
