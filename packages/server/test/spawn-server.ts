import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { projectDirectory } from './project-directory.ts';
import { builtServer } from './server-build-setup.ts';

/** The server in a process of its own, to be killed. */
export interface SpawnedServer {
  url: string;
  pid: number;
  /** What it has written so far. */
  output: () => string;
  /** Sends the signal; resolves with the exit code when the process is gone, null after a kill. */
  end(signal: NodeJS.Signals): Promise<number | null>;
  signal(signal: NodeJS.Signals): void;
}

/** Starts the built server with these settings and waits until it is ready. */
export async function spawnServer(environment: Record<string, string>): Promise<SpawnedServer> {
  const child = spawn(process.execPath, [builtServer], {
    cwd: projectDirectory,
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      NODE_ENV: 'test',
      PORT: '0',
      HOST: '127.0.0.1',
      LOG_LEVEL: 'warn',
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  let output = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (output += text));
  const url = await readyUrl(child);
  return {
    url,
    pid: child.pid ?? 0,
    output: () => output,
    signal: (signal) => void child.kill(signal),
    async end(signal) {
      const gone = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : null;
      child.kill(signal);
      await gone;
      return child.exitCode;
    },
  };
}

function readyUrl(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`The server ended before it was ready, with code ${code}.`)));
    child.once('message', (message: { url: string }) => resolve(message.url));
  });
}
