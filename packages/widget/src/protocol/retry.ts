import { backOffMs } from './back-off.ts';
import { isTransient, toChatError, type ChatError } from './errors.ts';
import type { Network } from './network.ts';

/** Some browsers never fire `online`; they are asked again from time to time. */
const OFFLINE_CHECK_MS = 5_000;

/** Makes a call that may be repeated safely, up to `maxAttempts` times, waiting in between. */
export async function retry<T>(
  call: () => Promise<T>,
  { network, signal, maxAttempts }: { network: Network; signal: AbortSignal; maxAttempts: number },
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await call();
    } catch (thrown) {
      const error = toChatError(thrown);
      if (!isTransient(error) || attempt >= maxAttempts || signal.aborted) throw error;
      await pauseUntilWorthTrying(error, attempt, network, signal);
    }
  }
}

/** Waits out the back-off and what the server asked for, then for a network, or until `signal` fires. */
export async function pauseUntilWorthTrying(error: ChatError, attempt: number, network: Network, signal: AbortSignal) {
  const askedForMs = (error.retryAfterSeconds ?? 0) * 1_000;
  await network.pause(askedForMs + backOffMs(attempt - 1), signal);
  while (!network.isOnline() && !signal.aborted) await network.pause(OFFLINE_CHECK_MS, signal);
}
