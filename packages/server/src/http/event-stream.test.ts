import { once } from 'node:events';
import { createServer, get, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { formatEvent, openEventStream, STALL_MS, type EventStream } from './event-stream.ts';

describe('an event', () => {
  it.each(['plain', '', ' leading', '\n', 'a\n\nb\n', 'data: x\nevent: y', ':comment', '\u{feff}a', '👩‍👩‍👧'])(
    'with the data %j is read as it was written',
    (data) => {
      const read: EventSourceMessage[] = [];
      createParser({ onEvent: (event) => read.push(event) }).feed(formatEvent('message', data, 'id:1'));
      expect(read).toEqual([{ event: 'message', id: 'id:1', data }]);
    },
  );
});

describe('a stream', () => {
  let server: Server;
  let answered: Promise<ServerResponse>;
  let reader: IncomingMessage;

  beforeEach(async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout'] });
    server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    answered = once(server, 'request').then(([, response]) => response as ServerResponse);
  });

  afterEach(() => {
    vi.useRealTimers();
    server.closeAllConnections();
    server.close();
  });

  /** Begins a stream with the event that its headers leave with. */
  async function open({ onDrain = () => {}, onClose = () => {} } = {}) {
    const asking = get({ port: (server.address() as AddressInfo).port, host: '127.0.0.1' });
    const stream = openEventStream(await answered, { onDrain, onClose });
    stream.send('turn', '{}');
    [reader] = (await once(asking, 'response')) as [IncomingMessage];
    return stream;
  }

  it('sends a comment every 15 seconds of silence, until it ends', async () => {
    const stream = await open();
    vi.advanceTimersByTime(14_999);
    stream.send('tool', '{}');
    vi.advanceTimersByTime(1);
    vi.advanceTimersByTime(15_000);
    stream.end();
    vi.advanceTimersByTime(60_000);
    let text = '';
    for await (const bytes of reader) text += String(bytes);
    expect(text).toBe('event: turn\ndata: {}\n\nevent: tool\ndata: {}\n\n: keep-alive\n\n: keep-alive\n\n');
  });

  it('says once that its reader has left, and takes what is sent after that for nothing', async () => {
    let left = 0;
    const stream = await open({ onClose: () => (left += 1) });
    const response = await answered;
    reader.destroy();
    await once(response, 'close');
    stream.send('message', 'too late');
    stream.end();
    expect(left).toBe(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('says that it is full while its reader does not read, and when there is room again', async () => {
    const drained = vi.fn();
    const stream = await open({ onDrain: drained });
    await fill(stream);
    const before = drained.mock.calls.length;
    reader.resume();
    await expect.poll(() => drained.mock.calls.length).toBe(before + 1);
    expect(stream.isFull).toBe(false);
    vi.advanceTimersByTime(STALL_MS * 2);
    expect((await answered).destroyed).toBe(false);
  });

  it.each(['', ' also after its end'])('cuts a reader that has stopped reading (S13),%s', async (end) => {
    const stream = await open();
    await fill(stream);
    if (end) stream.end();
    vi.advanceTimersByTime(STALL_MS - 1);
    expect((await answered).destroyed).toBe(false);
    vi.advanceTimersByTime(1);
    expect((await answered).destroyed).toBe(true);
  });

  it('sends no comment to a reader that is behind: it would only wait as well', async () => {
    const stream = await open();
    await fill(stream);
    const before = (await answered).writableLength;
    vi.advanceTimersByTime(15_000);
    expect((await answered).writableLength).toBe(before);
  });

  /** Sends until the kernel takes no more off our hands. */
  async function fill(stream: EventStream): Promise<void> {
    reader.pause();
    let fullTurns = 0;
    while (fullTurns < 20) {
      if (stream.isFull) fullTurns += 1;
      else {
        fullTurns = 0;
        stream.send('message', 'x'.repeat(100_000));
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
});
