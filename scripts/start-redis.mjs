import { findRedis } from './find-redis.mjs';
import { findFreePort } from './toolchain/find-free-port.mjs';
import { runServer } from './toolchain/run-server.mjs';

/**
 * Starts an empty Redis for tests on 127.0.0.1.
 *
 * @param {number} [port] default: a free one
 * @returns {Promise<{ url: string, port: number, stop: () => Promise<void> }>}
 */
export async function startRedis(port) {
  const chosen = port ?? (await findFreePort());
  const { stop } = await runServer({
    program: await findRedis(),
    programArguments: () => ['--port', `${chosen}`, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'],
    port: chosen,
  });
  return { url: `redis://127.0.0.1:${chosen}`, port: chosen, stop };
}
