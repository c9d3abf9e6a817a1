import { once } from 'node:events';
import { connect } from 'node:net';
import { createResponseReader } from './response-reader.mjs';

/** Every socket reads into it, one after the other: memory for each read would cost more than the reading. */
const sharedBuffer = Buffer.alloc(64 * 1024);

/**
 * A visitor's connection. Bare, so that the client is not what is measured.
 *
 * @typedef {object} Connection
 * @property {(request: { path: string, headers?: string, body: string }, onText: (text: string) => void) =>
 *   Promise<import('./response-reader.mjs').ResponseHead>} post `onText` is called with the decoded body as it comes;
 *   one request at a time
 * @property {() => void} close
 */

/**
 * @param {string} url
 * @returns {Promise<Connection>}
 */
export async function openConnection(url) {
  const { hostname, port } = new URL(url);
  /** @type {ReturnType<typeof createResponseReader> | null} */
  let reader = null;
  /** @type {(error: Error) => void} */
  let fail = () => {};
  const socket = connect({
    host: hostname,
    port: Number(port),
    noDelay: true,
    onread: {
      buffer: sharedBuffer,
      callback(length) {
        reader?.read(sharedBuffer.toString('latin1', 0, length));
        return true;
      },
    },
  });
  socket.on('error', (error) => fail(error));
  socket.on('close', () => fail(new Error('the connection was closed')));
  await once(socket, 'connect');

  return {
    post: ({ path, headers = '', body }, onText) =>
      new Promise((resolve, reject) => {
        fail = reject;
        reader = createResponseReader(onText, (head) => {
          reader = null;
          resolve(head);
        });
        socket.write(
          `POST ${path} HTTP/1.1\r\nHost: ${hostname}:${port}\r\nContent-Type: application/json\r\n${headers}` +
            `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
        );
      }),
    close: () => socket.destroy(),
  };
}
