import { fork } from 'node:child_process';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';

const START_LIMIT_MS = 60_000;
/** A server that drains for longer is ended. */
const STOP_LIMIT_MS = 10_000;

const PRELOADED = [
  new URL('./end-with-parent.mjs', import.meta.url),
  new URL('./profile-on-request.mjs', import.meta.url),
  new URL('./report-memory-on-request.mjs', import.meta.url),
];

/**
 * A Node program of ours that serves HTTP.
 *
 * @typedef {object} Program
 * @property {import('node:child_process').ChildProcess} child
 * @property {string} url
 * @property {number} startMs from starting the process to its word that it is ready
 * @property {() => Promise<void>} stop
 */

/**
 * Starts a program and waits until it sends `{type: 'ready', url}`. Only what is given here is in its environment.
 *
 * @param {import('./create-cleanup.mjs').Cleanup} cleanup stops it, if nobody did before
 * @param {URL} file
 * @param {{ arguments?: string[], environment?: Record<string, string>, cwd?: string }} [options]
 * @returns {Promise<Program>}
 */
export async function startProgram(cleanup, file, { arguments: programArguments = [], environment = {}, cwd } = {}) {
  const startedAt = performance.now();
  const { PATH = '', SystemRoot = '', TMPDIR = '' } = process.env;
  const child = fork(fileURLToPath(file), programArguments, {
    cwd,
    env: { PATH, SystemRoot, ...(TMPDIR && { TMPDIR }), ...environment },
    execArgv: PRELOADED.flatMap((url) => ['--import', url.href]),
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const exited = new Promise((resolve) => child.once('exit', resolve));
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGTERM');
    const hurry = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
    await exited;
    clearTimeout(hurry);
  };
  cleanup.add(stop);
  return {
    child,
    url: await waitUntilReady(child, basename(file.pathname)),
    startMs: performance.now() - startedAt,
    stop,
  };
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @param {string} program
 * @returns {Promise<string>}
 */
function waitUntilReady(child, program) {
  return new Promise((resolve, reject) => {
    const fail = (/** @type {string} */ reason) => reject(new Error(`${program} ${reason}`));
    const limit = setTimeout(() => fail(`was not ready after ${START_LIMIT_MS / 1000} s`), START_LIMIT_MS);
    child.once('exit', (code, signal) => {
      clearTimeout(limit);
      fail(`ended with ${signal ?? code} before it was ready`);
    });
    child.on('message', (/** @type {{ type?: string, url?: string }} */ { type, url }) => {
      if (type !== 'ready' || !url) return;
      clearTimeout(limit);
      resolve(url);
    });
  });
}
