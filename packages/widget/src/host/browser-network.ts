import type { Network } from '../protocol/network.ts';

/** The browser's network as the protocol sees it. */
export const browserNetwork: Network = {
  // Only `false` means something: `true` is also said behind a dead router.
  isOnline: () => navigator.onLine,
  pause: (delayMs, signal) =>
    new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        removeEventListener('online', done);
        signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, delayMs);
      addEventListener('online', done);
      signal.addEventListener('abort', done);
      if (signal.aborted) done();
    }),
};
