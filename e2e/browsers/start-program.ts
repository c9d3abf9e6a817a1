import { spawn } from 'node:child_process';

/** Time to become ready; a busy machine takes a while. */
const startTimeoutMs = 30_000;
const lookEveryMs = 50;

interface ProgramOptions {
  /** Set beside the environment of this process. */
  env?: Record<string, string>;
  /** Asked again and again; may throw or reject as long as it is not. */
  isReady: (output: string) => boolean | Promise<boolean>;
}

export interface RunningProgram {
  readonly output: () => string;
  readonly stop: () => Promise<void>;
}

/** Starts a program and resolves when it is ready for work. */
export async function startProgram(
  path: string,
  programArguments: string[],
  { env = {}, isReady }: ProgramOptions,
): Promise<RunningProgram> {
  const child = spawn(path, programArguments, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  let hasEnded = false;
  const ended = new Promise<void>((resolve) => child.once('close', resolve)).then(() => (hasEnded = true));
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
  };
  const deadline = Date.now() + startTimeoutMs;
  while (
    !(await Promise.resolve(output)
      .then(isReady)
      .catch(() => false))
  ) {
    if (hasEnded || Date.now() > deadline) {
      await stop();
      throw new Error(`${path} ${hasEnded ? 'ended' : 'was not ready in time'}. It printed:\n${output}`);
    }
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
  }
  return { output: () => output, stop };
}
