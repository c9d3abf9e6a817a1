import { once } from 'node:events';
import { createServer } from 'node:net';
import { ExplainedError } from './explained-error.mjs';

/**
 * Fails with one clear line when the address that the server will listen on is taken, before anything slow is begun.
 *
 * @param {Record<string, string | undefined>} settings PORT and HOST as the server will read them
 */
export async function requireFreePort({ PORT = '3000', HOST }) {
  const port = Number(PORT);
  if (!/^\d+$/.test(PORT) || port > 65_535) {
    throw new ExplainedError(`PORT must be a whole number from 0 to 65535, not "${PORT}".`);
  }
  // Without HOST the server is meant for "localhost", which a browser may read as either loopback address;
  // macOS lets a listener on all addresses stand beside one on a single address, so each is asked by itself.
  for (const host of HOST ? [HOST] : [undefined, '127.0.0.1', '::1']) {
    const code = await tryToListen(port, host);
    if (code === 'EADDRINUSE') {
      throw new ExplainedError(
        `Port ${port} is already in use. Stop what uses it, or choose another: PORT=${port + 1 > 65_535 ? 3000 : port + 1} npm start`,
      );
    }
    if (code === 'EACCES') {
      throw new ExplainedError(
        `Port ${port} needs more rights than this user has. Choose another: PORT=3000 npm start`,
      );
    }
    if (HOST && code) throw new ExplainedError(`Cannot listen on HOST "${HOST}", port ${port}: ${code}.`);
  }
}

/**
 * @param {number} port
 * @param {string | undefined} host
 * @returns {Promise<string | undefined>} the system's error code, or nothing when the port is free
 */
async function tryToListen(port, host) {
  const server = createServer();
  server.listen({ port, host });
  try {
    await once(server, 'listening');
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code;
  }
  server.close();
  await once(server, 'close');
  return undefined;
}
