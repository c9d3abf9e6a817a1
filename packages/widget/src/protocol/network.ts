/** What the protocol needs to know of the browser's network. `host/browser-network.ts` makes the real one. */
export interface Network {
  isOnline(): boolean;
  /** Resolves after `delayMs`, at once when the browser comes back online, or when `signal` fires. Never rejects. */
  pause(delayMs: number, signal: AbortSignal): Promise<void>;
}
