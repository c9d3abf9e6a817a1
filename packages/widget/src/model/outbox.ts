import type { SendMessageBody } from '@salient/shared-types';
import type { WidgetStorage } from './storage.ts';

/** The last message, from when the visitor sends it until the server has said that it has it. */
export interface Outbox {
  get(): SendMessageBody | undefined;
  set(body: SendMessageBody | null): void;
}

/** After this long a message goes out only when the visitor sends it again. */
const MAX_AGE_MS = 10 * 60 * 1_000;

/**
 * Keeps an unsent message over a reload. Sending it again is safe, because it keeps its `client_message_id`. What is
 * stored is parsed again: other scripts may write there.
 */
export function createOutbox(storage: WidgetStorage, now: () => number = Date.now): Outbox {
  return {
    get() {
      const stored = storage.get('outbox');
      if (!stored) return undefined;
      try {
        const { body, at } = JSON.parse(stored) as { body: SendMessageBody; at: number };
        if (typeof body.message === 'string' && body.client_message_id && now() - at < MAX_AGE_MS) return body;
      } catch {
        // Not ours.
      }
      return undefined;
    },
    set(body) {
      storage.set('outbox', body && JSON.stringify({ body, at: now() }));
    },
  };
}
