import { once } from 'node:events';
import { createServer, get, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { STALL_MS } from '../../http/event-stream.ts';
import { LiveTurn, type TurnEnd } from './live-turn.ts';
import { streamTurn } from './stream-turn.ts';
import { parsePosition } from './turn-position.ts';

const ids = {
  turn_id: '11111111-2222-4333-8444-555555555555',
  user_message_id: 'u',
  message_id: 'm',
  session_id: 's',
};
const end: TurnEnd = {
  done: { message_id: 'm', finish_reason: 'stop', status: 'complete', usage: null, citations: [] },
  fault: null,
};
const SLOW_READERS = 50;
/** More than the kernel takes off our hands. */
const PIECES = 80;
const piece = 'Größe 👩‍👩‍👧 data:\n\n'.repeat(5_000);

let turn: LiveTurn;
let server: Server;
let responses: ServerResponse[];

beforeEach(async () => {
  turn = new LiveTurn(ids, 'account');
  responses = [];
  server = createServer((req, res) => {
    responses.push(res);
    streamTurn(res, turn, Number(req.headers['x-offset'] ?? 0), 'request');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});

afterEach(() => {
  vi.useRealTimers();
  server.closeAllConnections();
  server.close();
});

async function open(offset = 0): Promise<IncomingMessage> {
  const { port } = server.address() as AddressInfo;
  const asking = get({ port, host: '127.0.0.1', agent: false, headers: { 'x-offset': String(offset) } });
  const [response] = (await once(asking, 'response')) as [IncomingMessage];
  return response;
}

/** Everything that comes, also when the connection is cut. */
async function readAll(response: IncomingMessage): Promise<EventSourceMessage[]> {
  const events: EventSourceMessage[] = [];
  const parser = createParser({ onEvent: (event) => events.push(event) });
  response.setEncoding('utf8').on('data', (text: string) => parser.feed(text));
  // The cut is what some of these readers wait for.
  response.on('error', () => {});
  response.resume();
  await new Promise((resolve) => response.once('close', resolve));
  return events;
}

const textOf = (events: EventSourceMessage[]): string =>
  events.flatMap(({ event, data }) => (event === 'message' ? [data] : [])).join('');

describe('slow readers (S13)', () => {
  it('hold little, are cut, and resume exactly; a fast one gets all of it meanwhile', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const fast = readAll(await open());
    const slow = await Promise.all(Array.from({ length: SLOW_READERS }, () => open()));
    for (const response of slow) response.pause();
    for (let count = 0; count < PIECES; count += 1) {
      turn.append(piece);
      await new Promise((resolve) => setImmediate(resolve));
    }
    turn.finish(end);

    const events = await fast;
    expect(textOf(events) === turn.text).toBe(true);
    expect(events.at(-1)?.event).toBe('done');
    const waiting = responses.slice(1).map((response) => response.writableLength);
    expect(Math.min(...waiting)).toBeGreaterThan(0);
    expect(Math.max(...waiting)).toBeLessThan(128 * 1024);

    vi.advanceTimersByTime(STALL_MS);
    expect(responses.slice(1).every(({ destroyed }) => destroyed)).toBe(true);
    const [first] = slow;
    if (!first) throw new Error('no slow reader');
    const had = await readAll(first);
    const { offset } = parsePosition(had.at(-1)?.id ?? '');
    const rest = await readAll(await open(Number(offset)));
    expect(textOf(had) + textOf(rest) === turn.text).toBe(true);
    expect(rest.at(-1)?.event).toBe('done');
  });

  it('that go on in time get all of it, in pieces that never end inside a character', async () => {
    turn.append(piece.repeat(PIECES));
    turn.finish(end);
    const response = await open();
    const events: EventSourceMessage[] = [];
    const parser = createParser({ onEvent: (event) => events.push(event) });
    const decoder = new TextDecoder();
    for await (const bytes of response) {
      parser.feed(decoder.decode(bytes as Uint8Array, { stream: true }));
      if (Math.random() < 0.01) await new Promise((resolve) => setImmediate(resolve));
    }
    expect(textOf(events) === turn.text).toBe(true);
    expect(events.every(({ data }) => data.isWellFormed())).toBe(true);
  });
});
