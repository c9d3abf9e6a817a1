import { request, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import type { TurnEvent } from '@salient/shared-types';
import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { eventData, joinText, type Visitor } from './visitor.ts';

export interface StreamRequest {
  /** From the agent's own address on, such as `/stream?turn=...`. */
  path: string;
  /** Given: it is posted. */
  body?: Record<string, unknown>;
  headers?: Record<string, string>;
}

/** A stream being read on a connection of its own, which the reader may leave as browsers and networks do. */
export interface OpenedStream {
  status: number;
  headers: IncomingHttpHeaders;
  /** What has come so far. */
  events: EventSourceMessage[];
  comments: string[];
  text(): string;
  /** The last id that came, for `Last-Event-ID`. */
  lastId(): string;
  /** Resolves when the first event has come. */
  turn(): Promise<TurnEvent>;
  /** Resolves when so many pieces of the answer have come; rejects when the stream ends before. */
  pieces(count: number): Promise<void>;
  /** Resolves when the stream is over, whole or cut. */
  over: Promise<void>;
  /** FIN: the page was closed. RST: the network or the process went. */
  leave(how: 'FIN' | 'RST'): void;
  /** Stops reading, and goes on. */
  pause(): void;
  resume(): void;
}

export function openStream(
  serverUrl: string,
  visitor: Visitor,
  { path, body, headers = {} }: StreamRequest,
): Promise<OpenedStream> {
  return new Promise((resolve, reject) => {
    const asking = request(new URL(path, serverUrl), {
      agent: false,
      method: body ? 'POST' : 'GET',
      headers: {
        Origin: 'https://shop.example',
        Cookie: visitor.cookie() ?? '',
        ...(body && { 'Content-Type': 'application/json' }),
        ...headers,
      },
    });
    asking.once('error', reject);
    asking.once('response', (response) => {
      asking.on('error', () => {});
      resolve(readStream(response));
    });
    asking.end(body && JSON.stringify(body));
  });
}

function readStream(response: IncomingMessage): OpenedStream {
  const events: EventSourceMessage[] = [];
  const comments: string[] = [];
  const parser = createParser({
    onEvent: (event) => events.push(event),
    onComment: (comment) => comments.push(comment),
  });
  let isOver = false;
  response.setEncoding('utf8').on('data', (text: string) => parser.feed(text));
  // A cut is an ordinary end here.
  response.on('error', () => {});
  const over = new Promise<void>((resolve) => {
    response.once('close', () => {
      isOver = true;
      resolve();
    });
  });
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    events,
    comments,
    text: () => joinText(events),
    lastId: () => events.findLast(({ id }) => id !== undefined)?.id ?? '',
    async turn() {
      await until(() => events.length > 0);
      return eventData(events, 'turn');
    },
    pieces: (count) => until(() => events.filter(({ event }) => event === 'message').length >= count),
    over,
    leave(how) {
      if (how === 'RST') response.socket.resetAndDestroy();
      else response.destroy();
    },
    pause: () => void response.pause(),
    resume: () => void response.resume(),
  };

  async function until(has: () => boolean): Promise<void> {
    while (!has()) {
      if (isOver) throw new Error(`the stream ended after ${events.length} events`);
      await wait(5);
    }
  }
}
