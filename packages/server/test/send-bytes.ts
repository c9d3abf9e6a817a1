import { connect } from 'node:net';

/** Sends bytes that need be no HTTP, and gives what comes back until the connection closes. */
export function sendBytes(serverUrl: string, bytes: string): Promise<string> {
  const { hostname, port } = new URL(serverUrl);
  return new Promise((resolve) => {
    let reply = '';
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    socket.setEncoding('utf8').on('data', (text: string) => (reply += text));
    // The server may close while it is still being written to; what it said before that counts.
    socket.on('error', () => {});
    socket.once('close', () => resolve(reply));
  });
}
