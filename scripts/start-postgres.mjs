import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { findPostgres } from './find-postgres.mjs';
import { ExplainedError } from './toolchain/explained-error.mjs';
import { findFreePort } from './toolchain/find-free-port.mjs';

/** Long enough for a loaded machine; a start takes about a second. */
const startTimeoutMs = 60_000;

const guardProgram = fileURLToPath(new URL('toolchain/postgres-guard.mjs', import.meta.url));

/**
 * A PostgreSQL for tests: the server that SALIENT_TEST_DATABASE_URL names, or one of our own.
 *
 * @returns {Promise<{ url: string, stop: () => Promise<void> }>} url: a superuser's address, database `postgres`
 */
export async function startPostgres() {
  const given = process.env.SALIENT_TEST_DATABASE_URL;
  return given ? { url: given, stop: async () => {} } : startOwnPostgres();
}

/**
 * Starts an empty PostgreSQL for tests on 127.0.0.1 and a random port. It is stopped and its files are removed by `stop`,
 * and also when this process ends without calling it, even if it is killed. `down` and `up` are a restart.
 *
 * @returns {Promise<{ url: string, stop: () => Promise<void>, down: () => void, up: () => Promise<void> }>}
 *   url: a superuser's address, database `postgres`
 */
export async function startOwnPostgres() {
  const port = await findFreePort();
  const guard = spawn(process.execPath, [guardProgram, await findPostgres(), `${port}`], {
    stdio: ['pipe', 'ignore', 'pipe'],
    // Ctrl-C is for us; the guard goes by its input alone.
    detached: true,
  });
  const ended = once(guard, 'exit');
  const stop = async () => {
    guard.stdin.end();
    await ended;
  };
  try {
    await waitUntilReady(guard);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    url: `postgresql://postgres@127.0.0.1:${port}/postgres`,
    stop,
    down: () => void guard.stdin.write('down\n'),
    async up() {
      guard.stdin.write('up\n');
      await waitUntilReady(guard);
    },
  };
}

/** @param {import('node:child_process').ChildProcessByStdio<import('node:stream').Writable, null, import('node:stream').Readable>} guard */
function waitUntilReady(guard) {
  return new Promise((resolve, reject) => {
    let log = '';
    const fail = (/** @type {string} */ reason) => {
      clearTimeout(timer);
      reject(new ExplainedError(`${log}\nPostgreSQL for the tests ${reason} (its log is above).`));
    };
    const timer = setTimeout(() => fail(`was not ready after ${startTimeoutMs / 1000} s`), startTimeoutMs);
    const onExit = (/** @type {number | null} */ code) => fail(`could not be started, exit code ${code}`);
    guard.once('exit', onExit);
    guard.stderr.setEncoding('utf8').on('data', (text) => {
      log += text;
      if (!log.includes('ready to accept connections')) return;
      clearTimeout(timer);
      guard.removeListener('exit', onExit);
      guard.stderr.removeAllListeners('data').resume();
      resolve(undefined);
    });
  });
}
