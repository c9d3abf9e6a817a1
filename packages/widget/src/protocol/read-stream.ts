import { ChatError } from './errors.ts';
import { createSseParser } from './sse-parser.ts';
import { parseStreamEvent, type StreamEvent } from './stream-event.ts';

/** The server sends at least a comment every 15 s, so three missed ones mean that the line is dead. */
const SILENCE_TIMEOUT_MS = 45_000;
const SILENCE_CHECK_MS = 5_000;

/**
 * The events of a streamed answer, up to and with `done`. Ending the loop early closes the connection.
 *
 * @param pace resolves when more can be drawn. What comes meanwhile is left where it is and then read at once: a piece by
 * itself costs the page a task of the browser, and many small ones would take more time than showing them
 * @throws ChatError `STREAM_LOST` when the body ends, breaks or stays silent before `done`; `BAD_RESPONSE` when it is
 * not a stream of the contract
 */
export async function* readStream(
  response: Response,
  pace: () => Promise<void>,
  silenceTimeoutMs = SILENCE_TIMEOUT_MS,
): AsyncGenerator<StreamEvent, void, undefined> {
  if (!response.headers.get('content-type')?.startsWith('text/event-stream') || !response.body) {
    throw new ChatError('BAD_RESPONSE', { detail: 'The server did not answer with a stream.' });
  }
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  const parser = createSseParser();
  let heardAt = Date.now();
  // By the clock, not by one long timer: timers stand still while a machine sleeps, and the line does not outlive that.
  const watch = setInterval(
    () => Date.now() - heardAt >= silenceTimeoutMs && cancel(),
    Math.min(SILENCE_CHECK_MS, silenceTimeoutMs),
  );
  // Not awaited: a dead connection may never settle it. What waits for it is told the end at once.
  const cancel = () => void reader.cancel().catch(() => {});
  try {
    while (true) {
      const { done, value } = await reader.read().catch((cause) => {
        throw new ChatError('STREAM_LOST', { cause });
      });
      if (done) throw new ChatError('STREAM_LOST');
      heardAt = Date.now();
      await pace();
      for (const event of parser.push(decoder.decode(value, { stream: true }))) {
        const parsed = parseStreamEvent(event);
        if (!parsed) continue;
        yield parsed;
        if (parsed.type === 'done') return;
      }
    }
  } finally {
    clearInterval(watch);
    cancel();
  }
}
