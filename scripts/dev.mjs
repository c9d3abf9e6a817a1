// `pnpm dev`: rebuilds server and widget whenever a source changes, and starts the server anew after each server build.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, watch } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { exitWithError, ExplainedError } from './toolchain/explained-error.mjs';
import { projectRoot } from './toolchain/project-root.mjs';
import { readSettings } from './toolchain/read-settings.mjs';
import { requireFreePort } from './toolchain/require-free-port.mjs';
import { runCommand } from './toolchain/run-command.mjs';

/** A build writes several files; the server starts once none has changed for this long. */
const settledMs = 300;

const serverOutput = join(projectRoot, 'packages', 'server', 'dist');
const serverProgram = join(serverOutput, 'main.js');
const viteProgram = join(dirname(createRequire(import.meta.url).resolve('vite/package.json')), 'bin', 'vite.js');

/** @type {Set<import('node:child_process').ChildProcess>} */
const children = new Set();
process.once('exit', () => children.forEach((child) => child.kill('SIGTERM')));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit());

try {
  await requireFreePort(readSettings());
  const generated = await runCommand(process.execPath, ['scripts/prisma.mjs', 'generate']);
  if (generated.code !== 0) throw new ExplainedError(generated.output);
  mkdirSync(serverOutput, { recursive: true });
  restartOnChange();
  for (const name of ['server', 'widget'])
    start([viteProgram, 'build', '--watch'], join(projectRoot, 'packages', name));
} catch (error) {
  exitWithError(error);
}

function restartOnChange() {
  /** @type {import('node:child_process').ChildProcess | undefined} */
  let server;
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  const restart = async () => {
    if (!existsSync(serverProgram)) return;
    if (server && children.has(server)) {
      server.kill('SIGTERM');
      await once(server, 'exit');
    }
    server = start([serverProgram], projectRoot);
  };
  watch(serverOutput, () => {
    clearTimeout(timer);
    timer = setTimeout(() => void restart(), settledMs);
  });
}

/**
 * @param {string[]} nodeArguments
 * @param {string} cwd
 */
function start(nodeArguments, cwd) {
  const child = spawn(process.execPath, nodeArguments, { cwd, stdio: 'inherit' });
  children.add(child);
  child.once('exit', () => children.delete(child));
  return child;
}
