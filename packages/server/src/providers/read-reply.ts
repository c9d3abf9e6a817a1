import type { IncomingMessage } from 'node:http';
import { pipeline } from 'node:stream';
import type { Readable, Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import type { CallLimits } from './call-limits.ts';
import { createEventReader, createWholeReader } from './chat-reader.ts';
import type { ChatReader } from './chat-reader.ts';
import type { ChatReply } from './chat-reply.ts';

/** How reading ended. `cut`: the connection ended, broke or was aborted before the answer was whole. */
export type ReadOutcome = { ended: 'whole' } | { ended: 'fault' } | { ended: 'cut'; cause: unknown };

/** How long a connection may take to end after `[DONE]` before it is closed instead of kept for the next call. */
const RELEASE_MS = 1000;

/** For servers that compress although asked not to. */
const DECODERS: Readonly<Record<string, () => Transform>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

/**
 * Reads a response into `reply`, giving its text to `onText` at most once per piece the network delivers.
 * Afterwards the connection is free for the next call or closed. Rejects only with what `onText` throws.
 */
export async function readReply(
  response: IncomingMessage,
  reply: ChatReply,
  limits: CallLimits,
  onText: (text: string) => void,
): Promise<ReadOutcome> {
  const body = decode(response);
  const reader = chooseReader(response, reply);
  if (!body || !reader) {
    reply.fail('malformed', 'answered with something that is no chat completion');
    response.destroy();
    return { ended: 'fault' };
  }

  let whole = false;
  try {
    const outcome = await readBody(body, reader, reply, limits, onText);
    whole = outcome.ended === 'whole';
    return outcome;
  } finally {
    if (whole) release(body);
    else body.destroy();
  }
}

/** Events, not an async iterator: this runs once a token. */
function readBody(
  body: Readable,
  reader: ChatReader,
  reply: ChatReply,
  limits: CallLimits,
  onText: (text: string) => void,
): Promise<ReadOutcome> {
  return new Promise((resolve, reject) => {
    body.on('data', (bytes: Buffer) => take(bytes));
    body.once('end', () => take(null));
    // A finished answer needs nothing more: what broke took at most its usage along.
    body.on('error', (cause) => resolve(reply.finished ? { ended: 'whole' } : { ended: 'cut', cause }));

    function take(bytes: Buffer | null): void {
      try {
        const outcome = takePiece(bytes, reader, reply, limits, onText);
        if (!outcome) return;
        body.removeAllListeners('data');
        resolve(outcome);
      } catch (error) {
        body.removeAllListeners('data');
        reject(error);
      }
    }
  });
}

/** Null while there is more to come. `bytes` is null at the end of the body. */
function takePiece(
  bytes: Buffer | null,
  reader: ChatReader,
  reply: ChatReply,
  limits: CallLimits,
  onText: (text: string) => void,
): ReadOutcome | null {
  const heardBefore = reply.heard;
  if (bytes) reader.feed(bytes);
  else reader.end();
  const text = reply.takeText(bytes === null);
  if (text !== '') onText(text);

  if (reply.fault) return { ended: 'fault' };
  if (reader.done || (!bytes && reply.finished)) return { ended: 'whole' };
  if (!bytes) return { ended: 'cut', cause: null };
  if (reply.finished) limits.enter('closing');
  else if (reply.heard > heardBefore) limits.enter('betweenTokens');
  return null;
}

/** The body as the server meant it. Null: in an encoding nobody asked for. */
function decode(response: IncomingMessage): Readable | null {
  const encoding = response.headers['content-encoding']?.trim().toLowerCase() ?? 'identity';
  if (encoding === 'identity' || encoding === '') return response;
  const decoder = Object.hasOwn(DECODERS, encoding) ? DECODERS[encoding]?.() : undefined;
  // Whichever breaks takes the other along; the decoder's own error event tells the reader.
  return decoder ? pipeline(response, decoder, () => {}) : null;
}

/** By content type; a missing one is taken for events, as small servers forget it. Null: neither. */
function chooseReader(response: IncomingMessage, reply: ChatReply): ChatReader | null {
  const type = response.headers['content-type']?.toLowerCase() ?? '';
  if (type === '' || type.startsWith('text/event-stream')) return createEventReader(reply);
  return /^application\/([a-z.-]+\+)?json\b/.test(type) ? createWholeReader(reply) : null;
}

/** Lets the connection end by itself, so that it can be used again. One that goes on is closed. */
function release(body: Readable): void {
  const close = (): unknown => body.destroy();
  const timer = setTimeout(close, RELEASE_MS).unref();
  body.once('close', () => clearTimeout(timer));
  body.once('data', close);
}
