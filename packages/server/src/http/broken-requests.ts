import { randomUUID } from 'node:crypto';
import type { Server } from 'node:http';
import { AppError } from '../errors.ts';

/** Answers what is no HTTP, or too much of it, in the contract's form. Such a request never reaches the app. */
export function answerBrokenRequests(server: Server): void {
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (!socket.writable || error.code === 'ECONNRESET') {
      socket.destroy();
      return;
    }
    const tooLarge = error.code === 'HPE_HEADER_OVERFLOW';
    const problem = tooLarge
      ? new AppError('PAYLOAD_TOO_LARGE', 'The address and headers are too large. Send long messages by POST.')
      : new AppError('VALIDATION_ERROR', 'The request could not be read.');
    const requestId = randomUUID();
    const body = JSON.stringify(problem.toBody(requestId));
    socket.end(
      [
        `HTTP/1.1 ${problem.status} ${tooLarge ? 'Payload Too Large' : 'Unprocessable Entity'}`,
        'Content-Type: application/json; charset=utf-8',
        `Content-Length: ${Buffer.byteLength(body)}`,
        `X-Request-ID: ${requestId}`,
        'Cache-Control: no-store',
        'Connection: close',
        '',
        body,
      ].join('\r\n'),
    );
  });
}
