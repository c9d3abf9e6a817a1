import { setMaxListeners } from 'node:events';
import type { Logger } from './log.ts';

export interface Job {
  name: string;
  /** From the end of one run to the beginning of the next. */
  everyMs: number;
  run: () => Promise<unknown>;
}

/** Runs each job again and again, never twice at once. A run that fails is logged and tried again at its next turn. */
export function startJobs(log: Logger, jobs: readonly Job[]): { stop(): Promise<void> } {
  const stopping = new AbortController();
  // One of each job, or Node takes them for a leak.
  setMaxListeners(jobs.length, stopping.signal);
  const running = jobs.map((job) => repeat(job, log, stopping.signal));
  return {
    async stop() {
      stopping.abort();
      await Promise.all(running);
    },
  };
}

async function repeat({ name, everyMs, run }: Job, log: Logger, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await pause(everyMs, signal);
    if (signal.aborted) return;
    try {
      await run();
    } catch (error) {
      log.error({ err: error, job: name }, 'job failed');
    }
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
  });
}
