import { createParser } from 'eventsource-parser';
import type { ChatReply } from './chat-reply.ts';

const MEBIBYTE = 1024 * 1024;
const MAX_EVENT_LENGTH = MEBIBYTE;
/** The whole body, decompressed: room for 100,000 tokens at 600 bytes of JSON each. */
const MAX_STREAM_BYTES = 64 * MEBIBYTE;
const MAX_WHOLE_BYTES = 2 * MEBIBYTE;

/** Cuts the bytes of a body into the JSON objects of a reply. No I/O; memory is bounded by the limits above. */
export interface ChatReader {
  /** Takes bytes as the network cut them. */
  feed(bytes: Uint8Array): void;
  /** Tells that no more bytes will come. */
  end(): void;
  /** Whether the provider said that nothing more will come. */
  readonly done: boolean;
}

/** Reads server-sent events (WHATWG HTML, 9.2), each one chunk, the last one `[DONE]`. */
export function createEventReader(reply: ChatReply): ChatReader {
  // Drops a leading byte order mark and joins characters that the network cut.
  const decoder = new TextDecoder();
  const events = createParser({
    maxBufferSize: MAX_EVENT_LENGTH,
    onEvent: readEvent,
    // Unknown fields and bad `retry` values are to be ignored, says the specification.
    onError(error) {
      if (error.type === 'max-buffer-size-exceeded') reply.fail('malformed', 'sent an event that is too large');
    },
  });
  let bodyBytes = 0;
  let ending = false;
  let done = false;

  return {
    feed(bytes) {
      bodyBytes += bytes.byteLength;
      if (bodyBytes > MAX_STREAM_BYTES) reply.fail('malformed', 'sent a stream that is too long');
      else events.feed(decoder.decode(bytes, { stream: true }));
    },
    end() {
      ending = true;
      // Closes a last line, and a last event, that the provider left open.
      events.feed(`${decoder.decode()}\n\n`);
    },
    get done() {
      return done;
    },
  };

  function readEvent({ event, data }: { event?: string | undefined; data: string }): void {
    if (done || data === '') return;
    if (data === '[DONE]') {
      done = true;
      return;
    }
    try {
      reply.take(data, 'delta');
      if (event === 'error') reply.fail('reported', 'reported an error in its answer');
    } catch {
      // The error would quote the body. Broken at the very end is a cut line, not nonsense.
      if (!ending) reply.fail('malformed', 'sent an event that is not a JSON object');
    }
  }
}

/** Reads one JSON object: what servers send that do not know `stream`. */
export function createWholeReader(reply: ChatReply): ChatReader {
  const decoder = new TextDecoder();
  let json = '';
  let bodyBytes = 0;
  let done = false;

  return {
    feed(bytes) {
      bodyBytes += bytes.byteLength;
      if (bodyBytes > MAX_WHOLE_BYTES) reply.fail('malformed', 'sent a reply that is too long');
      else json += decoder.decode(bytes, { stream: true });
    },
    end() {
      try {
        reply.take(json + decoder.decode(), 'message');
        done = true;
      } catch {
        reply.fail('malformed', 'sent a reply that is not a JSON object');
      }
      if (!reply.finished && reply.heard === 0) reply.fail('malformed', 'sent JSON that is no chat completion');
    },
    get done() {
      return done;
    },
  };
}
