import { setTimeout as wait } from 'node:timers/promises';
import type { LiveTurns } from './live-turns.ts';

/** How long the end of an aborted turn may take to be stored. */
const STORE_MS = 3_000;

/** Aborting a turn with it means: the process is going, and the answer has had its time. */
const SHUT_DOWN = 'shut down';

/** Lets running answers end. Those that have not after `limitMs` are cut, stored as partial and billed. */
export async function drainTurns(liveTurns: LiveTurns, limitMs: number): Promise<void> {
  await settledWithin(liveTurns, limitMs);
  for (const turn of liveTurns.all()) turn.abort.abort(SHUT_DOWN);
  await settledWithin(liveTurns, STORE_MS);
}

async function settledWithin(liveTurns: LiveTurns, limitMs: number): Promise<void> {
  const waiting = new AbortController();
  await Promise.race([
    liveTurns.settled(),
    // Aborted below, so that a quick end does not keep the process for a timer.
    wait(limitMs, undefined, { signal: waiting.signal }).catch(() => {}),
  ]);
  waiting.abort();
}
