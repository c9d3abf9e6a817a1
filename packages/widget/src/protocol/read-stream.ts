import { ChatError } from './errors.ts';
import { createSseParser } from './sse-parser.ts';
import { parseStreamEvent, type StreamEvent } from './stream-event.ts';

/** The server sends at least a comment every 15 s, so three missed ones mean that the line is dead. */
const SILENCE_TIMEOUT_MS = 45_000;
const SILENCE_CHECK_MS = 5_000;

/**
 * The events of a streamed answer, up to and with `done`. Ending the loop early closes the connection.
 *
 * @throws ChatError `STREAM_LOST` when the body ends, breaks or stays silent before `done`; `BAD_RESPONSE` when it is
 * not a stream of the contract
 */
export async function* readStream(
  response: Response,
  silenceTimeoutMs = SILENCE_TIMEOUT_MS,
): AsyncGenerator<StreamEvent, void, undefined> {
  if (!response.headers.get('content-type')?.startsWith('text/event-stream') || !response.body) {
    throw new ChatError('BAD_RESPONSE', { detail: 'The server did not answer with a stream.' });
  }
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  const parser = createSseParser();
  try {
    while (true) {
      const { done, value } = await readWithin(reader, silenceTimeoutMs);
      if (done) throw new ChatError('STREAM_LOST');
      for (const event of parser.push(decoder.decode(value, { stream: true }))) {
        const parsed = parseStreamEvent(event);
        if (!parsed) continue;
        yield parsed;
        if (parsed.type === 'done') return;
      }
    }
  } finally {
    // Not awaited: a dead connection may never settle it.
    reader.cancel().catch(() => {});
  }
}

async function readWithin(reader: ReadableStreamDefaultReader<Uint8Array>, timeoutMs: number) {
  const since = Date.now();
  let timer: ReturnType<typeof setInterval> | undefined;
  const silence = new Promise<never>((_, reject) => {
    // By the clock, not by one long timer: timers stand still while a machine sleeps, and the line does not outlive that.
    timer = setInterval(
      () => Date.now() - since >= timeoutMs && reject(new ChatError('STREAM_LOST')),
      Math.min(SILENCE_CHECK_MS, timeoutMs),
    );
  });
  try {
    return await Promise.race([reader.read(), silence]);
  } catch (error) {
    throw new ChatError('STREAM_LOST', { cause: error });
  } finally {
    clearInterval(timer);
  }
}
