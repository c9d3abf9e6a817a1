import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { RecordedRequest } from './fake-provider.ts';

/** The fake provider in a process of its own: it answers by model name, see `replyForModel`. */
export interface SpawnedFakeProvider {
  /** `http://127.0.0.1:<port>/v1` */
  baseUrl: string;
  /** What it was asked so far, oldest first. */
  readRequests(): Promise<Omit<RecordedRequest, 'closed'>[]>;
  close(): Promise<void>;
}

// Node 20 runs no TypeScript; Vite's module runner does.
const RUN = `import { runnerImport } from 'vite'; await runnerImport(process.argv[1]);`;

/** Starts `fake-provider-process.ts` and waits until it listens. */
export async function spawnFakeProvider(): Promise<SpawnedFakeProvider> {
  const script = new URL('fake-provider-process.ts', import.meta.url).pathname;
  const cwd = new URL('..', import.meta.url).pathname;
  const child = spawn(process.execPath, ['--input-type=module', '-e', RUN, script], {
    cwd,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const port = await Promise.race([readLine(child.stdout), exited.then(() => null)]);
  if (port === null) throw new Error('The fake provider did not start.');

  const origin = `http://127.0.0.1:${port}`;
  return {
    baseUrl: `${origin}/v1`,
    async readRequests() {
      const response = await fetch(`${origin}/requests`);
      return (await response.json()) as Omit<RecordedRequest, 'closed'>[];
    },
    async close() {
      child.kill('SIGTERM');
      await exited;
    },
  };
}

async function readLine(output: NodeJS.ReadableStream): Promise<string> {
  const lines = createInterface({ input: output });
  const [line] = (await once(lines, 'line')) as [string];
  return line;
}
