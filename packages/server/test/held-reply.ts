import type { Reply } from './fake-provider.ts';

/** A reply that waits until the test lets it go: what has happened by then happened before the model answered. */
export function holdReply(reply: Reply): { reply: Reply; release: () => void } {
  let release = (): void => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  return {
    release: () => release(),
    reply: async (exchange) => {
      await released;
      await reply(exchange);
    },
  };
}
