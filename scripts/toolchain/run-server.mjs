import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { ExplainedError } from './explained-error.mjs';

/** Long enough for a loaded machine; a start takes well under a second. */
const startTimeoutMs = 60_000;

const guardProgram = fileURLToPath(new URL('server-guard.mjs', import.meta.url));

/**
 * Starts a throwaway server for tests in a folder of its own, and waits until it listens. It is ended and its folder is
 * removed by `stop`, and also when this process ends without calling it, even if it is killed.
 *
 * @param {object} server
 * @param {string} server.program
 * @param {(folder: string) => string[]} server.programArguments
 * @param {(folder: string) => Record<string, string>} [server.files] written into the folder first, by name
 * @param {number} server.port where it is going to listen, on 127.0.0.1
 * @param {boolean} [server.asOrdinaryUser] for a program that refuses to run as root
 * @returns {Promise<{ stop: () => Promise<void> }>}
 */
export async function runServer({ program, programArguments, files = () => ({}), port, asOrdinaryUser = false }) {
  const folder = mkdtempSync(join(tmpdir(), 'salient-server-'));
  for (const [name, text] of Object.entries(files(folder))) writeFileSync(join(folder, name), text);
  const task = JSON.stringify({ program, programArguments: programArguments(folder), folder, asOrdinaryUser });
  const guard = spawn(process.execPath, [guardProgram, task], {
    stdio: ['pipe', 'ignore', 'pipe'],
    // Ctrl-C is for us; the guard goes by its input alone.
    detached: true,
  });
  let log = '';
  guard.stderr.setEncoding('utf8').on('data', (/** @type {string} */ text) => (log += text));
  const ended = once(guard, 'exit');
  const stop = async () => {
    guard.stdin.end();
    await ended;
  };

  const giveUpAt = performance.now() + startTimeoutMs;
  while (!(await isListening(port))) {
    if (guard.exitCode === null && performance.now() < giveUpAt) await wait(50);
    else {
      await stop();
      throw new ExplainedError(`${log}\n${program} for the tests could not be started (its log is above).`);
    }
  }
  return { stop };
}

/** @param {number} port */
async function isListening(port) {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
