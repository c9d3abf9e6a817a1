import type { ServerResponse } from 'node:http';

const HEARTBEAT_MS = 15_000;
/** How long a reader may take nothing of what waits for it before it is cut. It can come back with `Last-Event-ID`. */
export const STALL_MS = 20_000;

/** So little that it can never be what makes a reader full: that is told by `res.write`. */
const MAX_DIRECT_CHARS = 1024;

/** A response that sends server-sent events (WHATWG HTML, section 9.2). */
export interface EventStream {
  /** Whether the reader takes less than it is given. What is sent now waits in memory, so wait for `onDrain` instead. */
  readonly isFull: boolean;
  /** `data` may hold line ends; each line gets a `data:` line of its own. */
  send(event: string, data: string, id?: string): void;
  end(): void;
}

export interface EventStreamListener {
  /** The reader has taken everything that waited for it. */
  onDrain: () => void;
  /** Once, when the reader is gone or the end is sent. */
  onClose: () => void;
}

/**
 * Headers leave with the first event, which must follow at once; then keeps proxies awake, and cuts a reader that has
 * stopped reading.
 */
export function openEventStream(res: ServerResponse, { onDrain, onClose }: EventStreamListener): EventStream {
  res.writeHead(200, {
    'Content-Type': 'text/event-stream; charset=utf-8',
    'Cache-Control': 'no-cache, no-transform',
    'X-Accel-Buffering': 'no',
    'X-Content-Type-Options': 'nosniff',
  });
  res.socket?.setNoDelay(true);
  // A reader that is behind has bytes on the way, which keep proxies awake as well.
  const heartbeat = setInterval(() => {
    if (!res.writableNeedDrain) write(': keep-alive\n\n');
  }, HEARTBEAT_MS);
  let begun = false;
  let stalled: NodeJS.Timeout | undefined;
  res.on('drain', () => {
    clearTimeout(stalled);
    stalled = undefined;
    onDrain();
  });
  res.once('close', () => {
    clearInterval(heartbeat);
    clearTimeout(stalled);
    onClose();
  });
  return {
    get isFull() {
      return res.writableNeedDrain;
    },
    send: (event, data, id) => write(formatEvent(event, data, id)),
    end() {
      res.end();
      watchForStall();
    },
  };

  function write(frame: string): void {
    if (res.destroyed || res.writableEnded) return;
    const { socket } = res;
    // The usual case, once a token: nothing waits for the reader. Node would frame the chunk in four pieces, which take half
    // as long again as one. The first frame brings the headers along.
    if (begun && res.chunkedEncoding && socket?.writableLength === 0 && frame.length <= MAX_DIRECT_CHARS) {
      socket.write(`${Buffer.byteLength(frame).toString(16)}\r\n${frame}\r\n`);
      return;
    }
    begun = true;
    if (!res.write(frame)) watchForStall();
  }

  /** Runs until the reader has taken everything or is gone. */
  function watchForStall(): void {
    if (res.destroyed || res.writableFinished) return;
    stalled ??= setTimeout(() => res.destroy(), STALL_MS);
  }
}

export function formatEvent(event: string, data: string, id?: string): string {
  const lines = data.includes('\n') ? data.replaceAll('\n', '\ndata: ') : data;
  return `event: ${event}\n${id === undefined ? '' : `id: ${id}\n`}data: ${lines}\n\n`;
}
