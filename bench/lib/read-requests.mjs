/**
 * Reads HTTP/1.1 requests with a body of known length off a socket, one after the other: what our clients send. Node's own
 * server would cost more than what is measured.
 *
 * @param {import('node:net').Socket} socket
 * @param {(body: string) => void} onRequest
 */
export function readRequests(socket, onRequest) {
  let buffered = Buffer.alloc(0);
  socket.on('data', (bytes) => {
    buffered = buffered.length === 0 ? bytes : Buffer.concat([buffered, bytes]);
    for (let body = take(); body !== null; body = take()) onRequest(body);
  });

  function take() {
    const headEnd = buffered.indexOf('\r\n\r\n');
    if (headEnd === -1) return null;
    const start = headEnd + 4;
    const length = Number(/\r\ncontent-length: *(\d+)/i.exec(buffered.toString('latin1', 0, headEnd))?.[1] ?? 0);
    if (buffered.length < start + length) return null;
    const body = buffered.toString('utf8', start, start + length);
    buffered = buffered.subarray(start + length);
    return body;
  }
}
