import type { ServerResponse } from 'node:http';

const HEARTBEAT_MS = 15_000;
/** What a reader may leave unread before it is cut. It can come back with `Last-Event-ID`. */
const MAX_BUFFERED_BYTES = 1024 * 1024;

/** A response that sends server-sent events (WHATWG HTML, section 9.2). */
export interface EventStream {
  /** `data` may hold line ends; each line gets a `data:` line of its own. */
  send(event: string, data: string, id?: string): void;
  end(): void;
}

/** Headers leave with the first event, which must follow at once; then keeps proxies awake. `onClose` is called once, when the reader is gone or the end is sent. */
export function openEventStream(res: ServerResponse, onClose: () => void): EventStream {
  res.writeHead(200, {
    'Content-Type': 'text/event-stream; charset=utf-8',
    'Cache-Control': 'no-cache, no-transform',
    'X-Accel-Buffering': 'no',
    'X-Content-Type-Options': 'nosniff',
  });
  res.socket?.setNoDelay(true);
  const heartbeat = setInterval(() => write(': keep-alive\n\n'), HEARTBEAT_MS);
  res.once('close', () => {
    clearInterval(heartbeat);
    onClose();
  });
  return {
    send: (event, data, id) => write(formatEvent(event, data, id)),
    end: () => res.end(),
  };

  function write(frame: string): void {
    if (res.destroyed || res.writableEnded) return;
    res.write(frame);
    if (res.writableLength > MAX_BUFFERED_BYTES) res.destroy();
  }
}

export function formatEvent(event: string, data: string, id?: string): string {
  const lines = data.includes('\n') ? data.replaceAll('\n', '\ndata: ') : data;
  return `event: ${event}\n${id === undefined ? '' : `id: ${id}\n`}data: ${lines}\n\n`;
}
