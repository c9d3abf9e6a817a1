import { once } from 'node:events';
import { createServer, get, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { formatEvent, openEventStream } from './event-stream.ts';

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
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
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
  async function open(onClose: () => void = () => {}) {
    const asking = get({ port: (server.address() as AddressInfo).port, host: '127.0.0.1' });
    const stream = openEventStream(await answered, onClose);
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
    const stream = await open(() => (left += 1));
    const response = await answered;
    reader.destroy();
    await once(response, 'close');
    stream.send('message', 'too late');
    stream.end();
    expect(left).toBe(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('cuts a reader that leaves more than a megabyte unread', async () => {
    const stream = await open();
    const response = await answered;
    reader.pause();
    // The kernel takes some of it off our hands, so it is sent until the cut comes.
    for (let count = 0; count < 1000 && !response.destroyed; count += 1) stream.send('message', 'x'.repeat(100_000));
    expect(response.destroyed).toBe(true);
  });
});
