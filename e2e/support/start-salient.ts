import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findFreePort } from '../../scripts/toolchain/find-free-port.mjs';

/** A cold start creates the embedded database; on a loaded machine that takes a while. */
const startTimeoutMs = 180_000;

const projectRoot = fileURLToPath(new URL('../..', import.meta.url));

/** app.yaml of tests that need none of their own: all tests of a run come from one address. Every JSON file is also YAML. */
export const appFile = fileURLToPath(new URL('app.json', import.meta.url));

/** The built server, running by itself on a data directory of its own. */
export interface RunningSalient {
  /** Where it answers, on `localhost`: another site than the host pages, which live on `127.0.0.1`. */
  readonly url: string;
  /** Everything it has printed so far: its log lines and what it tells a person. */
  readonly output: () => string;
  /** Lets it finish what it is doing, waits for its end and removes its data. */
  readonly stop: () => Promise<void>;
}

export interface SalientOptions {
  /** Settings beside `PORT` and `SALIENT_DATA_DIR`. Nothing else of the developer's own environment reaches it. */
  readonly env?: Record<string, string>;
}

/** Starts the built server on a random port with an empty embedded database; resolves when it is ready to answer. */
export async function startSalient({ env = {} }: SalientOptions = {}): Promise<RunningSalient> {
  const port = await findFreePort();
  const dataDirectory = await mkdtemp(join(tmpdir(), 'salient-e2e-'));
  const server = spawn(process.execPath, ['packages/server/dist/main.js'], {
    cwd: projectRoot,
    env: {
      ...systemEnvironment(),
      NODE_ENV: 'test',
      PORT: `${port}`,
      SALIENT_DATA_DIR: dataDirectory,
      SALIENT_CONFIG: appFile,
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const output = collectOutput(server);
  const ended = new Promise((resolve) => server.once('close', resolve));

  const stop = async () => {
    server.kill('SIGTERM');
    await ended;
    await rm(dataDirectory, { recursive: true, force: true });
  };
  try {
    await waitUntilReady(server, output);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url: `http://localhost:${port}`, output, stop };
}

/** What programs need to run at all; a developer's keys and database address must not change what is tested. */
function systemEnvironment(): NodeJS.ProcessEnv {
  const names = ['PATH', 'HOME', 'TMPDIR', 'TEMP', 'SYSTEMROOT'];
  return Object.fromEntries(names.map((name) => [name, process.env[name]]));
}

function collectOutput(server: ChildProcess): () => string {
  let text = '';
  for (const stream of [server.stdout, server.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  }
  return () => text;
}

function waitUntilReady(server: ChildProcess, output: () => string): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (reason: string) => {
      clearTimeout(timer);
      reject(new Error(`The server ${reason}. It printed:\n${output()}`));
    };
    const timer = setTimeout(() => fail(`was not ready after ${startTimeoutMs / 1000} s`), startTimeoutMs);
    server.once('close', (code) => fail(`ended before it was ready, exit code ${code}`));
    server.on('message', (message: { type?: string }) => {
      if (message.type !== 'ready') return;
      clearTimeout(timer);
      resolve();
    });
  });
}
