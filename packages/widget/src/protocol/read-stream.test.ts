import { expect, test, vi } from 'vitest';
import { readStream } from './read-stream.ts';
import type { StreamEvent } from './stream-event.ts';

const done = 'event: done\ndata: {"message_id":"m","finish_reason":"stop","status":"complete"}\n\n';

function responseOf(chunks: (string | Uint8Array)[], { open = false, type = 'text/event-stream; charset=utf-8' } = {}) {
  const encoder = new TextEncoder();
  const cancelled = vi.fn<() => void>();
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(typeof chunk === 'string' ? encoder.encode(chunk) : chunk);
      if (!open) controller.close();
    },
    cancel: cancelled,
  });
  return { response: new Response(body, { headers: { 'content-type': type } }), cancelled };
}

interface Settings {
  silenceTimeoutMs?: number;
  pace?: () => Promise<void>;
}

async function collect(response: Response, { silenceTimeoutMs, pace = async () => {} }: Settings = {}) {
  const events: StreamEvent[] = [];
  for await (const event of readStream(response, pace, silenceTimeoutMs)) events.push(event);
  return events;
}

test('the events of the contract are parsed, others are passed over', async () => {
  const { response } = responseOf([
    'event: turn\ndata: {"turn_id":"t","user_message_id":"u","message_id":"m","session_id":"s"}\n\n',
    'event: later\ndata: ?\n\nid: 1\ndata: Hello\n\nevent: tool\ndata: {"name":"vector_search","status":"started"}\n\n',
    done,
  ]);
  expect((await collect(response)).map(({ type }) => type)).toEqual(['turn', 'message', 'tool', 'done']);
});

test('text joins byte for byte when a character is cut in two', async () => {
  const bytes = new TextEncoder().encode(`data: 😀é\n\n${done}`);
  const { response } = responseOf(Array.from(bytes, (byte) => Uint8Array.of(byte)));
  expect((await collect(response))[0]).toEqual({ type: 'message', text: '😀é', position: '' });
});

test('a body that ends before done is a lost stream', async () => {
  await expect(collect(responseOf(['data: a\n\n']).response)).rejects.toMatchObject({ code: 'STREAM_LOST' });
});

test('a silent connection is a lost stream, and is closed', async () => {
  const { response, cancelled } = responseOf(['data: a\n\n'], { open: true });
  await expect(collect(response, { silenceTimeoutMs: 20 })).rejects.toMatchObject({ code: 'STREAM_LOST' });
  expect(cancelled).toHaveBeenCalled();
});

test('a page of a proxy is not taken for a stream', async () => {
  const { response } = responseOf(['<html>'], { type: 'text/html' });
  await expect(collect(response)).rejects.toMatchObject({ code: 'BAD_RESPONSE' });
});

test('broken JSON in a known event is a bad response', async () => {
  await expect(collect(responseOf(['event: done\ndata: {\n\n']).response)).rejects.toMatchObject({
    code: 'BAD_RESPONSE',
  });
});

test('what comes while the page is busy waits for it, and is then read without a pause', async () => {
  const { response, send } = openResponse();
  let rest = () => {};
  let rested = new Promise<void>((resolve) => (rest = resolve));
  const events: StreamEvent[] = [];
  const reading = (async () => {
    for await (const event of readStream(response, () => rested)) events.push(event);
  })();
  for (const word of ['one', 'two', 'three']) send(`data: ${word}\n\n`);
  await soon();
  expect(events).toEqual([]);
  rest();
  await vi.waitFor(() => expect(events).toHaveLength(3));
  rested = Promise.resolve();
  send(done);
  await reading;
  expect(events.map(({ type }) => type)).toEqual(['message', 'message', 'message', 'done']);
});

test('a reader that leaves closes the connection, and nothing goes on watching it', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  try {
    const { response, cancelled } = responseOf(['data: a\n\n'], { open: true });
    for await (const _ of readStream(response, async () => {})) break;
    expect(cancelled).toHaveBeenCalledOnce();
    expect(vi.getTimerCount()).toBe(0);
  } finally {
    vi.useRealTimers();
  }
});

function openResponse() {
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  const body = new ReadableStream<Uint8Array>({ start: (opened) => void (controller = opened) });
  const response = new Response(body, { headers: { 'content-type': 'text/event-stream' } });
  return { response, send: (text: string) => controller?.enqueue(new TextEncoder().encode(text)) };
}

/** A turn of the event loop in which a reader that did not wait would have read. */
function soon(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 20));
}
