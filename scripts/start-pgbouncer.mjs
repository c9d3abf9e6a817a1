import { findPgbouncer } from './find-pgbouncer.mjs';
import { findFreePort } from './toolchain/find-free-port.mjs';
import { runServer } from './toolchain/run-server.mjs';

/**
 * Starts a PgBouncer for tests in transaction mode, in front of one database.
 *
 * @param {string} databaseUrl without a password, as the tests' own servers have none
 * @param {number} poolSize connections to the server behind it
 * @returns {Promise<{ url: string, stop: () => Promise<void> }>} url: as `databaseUrl`, through the pooler
 */
export async function startPgbouncer(databaseUrl, poolSize) {
  const target = new URL(databaseUrl);
  const database = target.pathname.slice(1);
  const port = await findFreePort();
  const settings = [
    '[databases]',
    `${database} = host=${target.hostname} port=${target.port} dbname=${database} user=${target.username}`,
    '[pgbouncer]',
    'listen_addr = 127.0.0.1',
    `listen_port = ${port}`,
    'unix_socket_dir =',
    'auth_type = any',
    'pool_mode = transaction',
    `default_pool_size = ${poolSize}`,
    'max_client_conn = 200',
  ];
  const { stop } = await runServer({
    program: await findPgbouncer(),
    programArguments: () => ['pgbouncer.ini'],
    files: () => ({ 'pgbouncer.ini': `${settings.join('\n')}\n` }),
    port,
    asOrdinaryUser: true,
  });
  const url = new URL(databaseUrl);
  url.hostname = '127.0.0.1';
  url.port = `${port}`;
  return { url: url.toString(), stop };
}
