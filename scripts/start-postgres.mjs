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
 * Starts an empty PostgreSQL for tests on 127.0.0.1 and a random port, or uses the server that
 * SALIENT_TEST_DATABASE_URL names. Ours is stopped and its files are removed by `stop`, and also when this process ends
 * without calling it, even if it is killed.
 *
 * @returns {Promise<{ url: string, stop: () => Promise<void> }>} url: a superuser's address, database `postgres`
 */
export async function startPostgres() {
  const given = process.env.SALIENT_TEST_DATABASE_URL;
  if (given) return { url: given, stop: async () => {} };

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
  return { url: `postgresql://postgres@127.0.0.1:${port}/postgres`, stop };
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
    guard.once('exit', (code) => fail(`could not be started, exit code ${code}`));
    guard.stderr.setEncoding('utf8').on('data', (text) => {
      log += text;
      if (!log.includes('ready to accept connections')) return;
      clearTimeout(timer);
      guard.stderr.removeAllListeners('data').resume();
      resolve(undefined);
    });
  });
}
