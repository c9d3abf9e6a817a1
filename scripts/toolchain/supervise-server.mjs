import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { projectRoot } from './project-root.mjs';

/** One press of Ctrl-C reaches us up to twice, from the terminal and from npm; a person's second press comes later. */
const onePressMs = 300;

/**
 * Runs the built server in the foreground, says when it is ready, and hands every signal on to it.
 *
 * @returns {Promise<number>} the server's exit code
 */
export function superviseServer() {
  // Its own process group, so that Ctrl-C reaches it once, through us, and not also straight from the terminal:
  // the server takes a second signal to mean "now".
  const server = spawn(process.execPath, ['packages/server/dist/main.js'], {
    cwd: projectRoot,
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    detached: process.platform !== 'win32',
  });
  server.on('message', (message) => {
    if (/** @type {{ type?: string }} */ (message).type === 'ready') {
      console.log(`Ready in ${(performance.now() / 1000).toFixed(1)} s`);
    }
  });
  forwardSignal('SIGINT', 'SIGINT', server);
  forwardSignal('SIGTERM', 'SIGTERM', server);
  // The terminal was closed. The server, in a session of its own, would not notice.
  forwardSignal('SIGHUP', 'SIGTERM', server);
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.once('exit', (code, signal) => resolve(code ?? 128 + constants.signals[signal ?? 'SIGKILL']));
  });
}

/**
 * @param {NodeJS.Signals} received
 * @param {NodeJS.Signals} sent
 * @param {import('node:child_process').ChildProcess} server
 */
function forwardSignal(received, sent, server) {
  let lastAt = -Infinity;
  process.on(received, () => {
    const now = performance.now();
    if (now - lastAt > onePressMs) server.kill(sent);
    lastAt = now;
  });
}
