import type { ProviderTimeouts } from './model-provider.ts';

/** The waits of one call. `closing`: the answer is whole, only usage or the end of the stream is missing. */
export type CallPhase = 'connect' | 'firstToken' | 'betweenTokens' | 'closing';

/** How long a finished answer waits for its usage before it does without. */
const MAX_CLOSING_MS = 5000;

const LIMIT_NAMES = {
  connect: 'connect',
  firstToken: 'first token',
  betweenTokens: 'between tokens',
  closing: 'closing',
  total: 'total',
} as const;

/** Runs the clocks of one call. `stop` must be called when the call is over. */
export interface CallLimits {
  /** Aborted by the caller's signal and by every limit. */
  readonly signal: AbortSignal;
  /** The limit that ran out, in words and with its length; null while none has. */
  readonly expired: string | null;
  /** Starts the clock of a phase, or starts it anew. */
  enter(phase: CallPhase): void;
  /** Stops every clock and forgets the caller's signal. */
  stop(): void;
}

/** Starts the clocks: `total` and `connect`. */
export function startCallLimits(timeouts: ProviderTimeouts, callerSignal: AbortSignal): CallLimits {
  const limitsMs = {
    connect: timeouts.connectMs,
    firstToken: timeouts.firstTokenMs,
    betweenTokens: timeouts.betweenTokensMs,
    closing: Math.min(timeouts.betweenTokensMs, MAX_CLOSING_MS),
    total: timeouts.totalMs,
  };
  const controller = new AbortController();
  let expired: string | null = null;
  let phase: CallPhase = 'connect';
  let clock = setTimeout(expire, limitsMs.connect, phase);
  const total = setTimeout(expire, limitsMs.total, 'total');
  const abort = (): void => controller.abort(callerSignal.reason);
  callerSignal.addEventListener('abort', abort, { once: true });

  return {
    signal: controller.signal,
    get expired() {
      return expired;
    },
    enter(next) {
      // Once a token: refreshing a timer costs a tenth of making one.
      if (next === phase) {
        clock.refresh();
        return;
      }
      clearTimeout(clock);
      phase = next;
      clock = setTimeout(expire, limitsMs[phase], phase);
    },
    stop() {
      clearTimeout(clock);
      clearTimeout(total);
      callerSignal.removeEventListener('abort', abort);
    },
  };

  function expire(limit: keyof typeof limitsMs): void {
    expired = `${LIMIT_NAMES[limit]} limit of ${limitsMs[limit]} ms`;
    controller.abort();
  }
}
