import { randomUUID } from 'node:crypto';
import { STATUS_CODES, type Server } from 'node:http';
import type { RequestHandler } from 'express';
import { AppError } from '../errors.ts';

/** What Node gives with a request that it does not pass on: its code, and the bytes it stopped at. */
interface BrokenRequest extends NodeJS.ErrnoException {
  rawPacket?: Buffer;
}

/** Answers what is no HTTP, or too much of it, in the contract's form. Such a request never reaches the app. */
export function answerBrokenRequests(server: Server): void {
  server.on('clientError', (error: BrokenRequest, socket) => {
    if (!socket.writable || error.code === 'ECONNRESET') {
      socket.destroy();
      return;
    }
    const problem = problemOf(error);
    const requestId = randomUUID();
    const body = JSON.stringify(problem.toBody(requestId));
    socket.end(
      [
        `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`,
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

/** HTTP/1.1 must name its host (RFC 9112, section 3.2). Node would answer without a word. */
export const refuseWithoutHost: RequestHandler = (req, _res, next) => {
  if (req.httpVersion === '1.1' && req.headers.host === undefined) {
    throw new AppError('VALIDATION_ERROR', 'Host: is missing.');
  }
  next();
};

function problemOf({ code, rawPacket }: BrokenRequest): AppError {
  if (code !== 'HPE_HEADER_OVERFLOW') return new AppError('VALIDATION_ERROR', 'The request could not be read.');
  // A position is checked like any other, however long it is.
  if (/^last-event-id:/im.test(rawPacket?.toString('latin1') ?? '')) {
    return new AppError('VALIDATION_ERROR', 'Last-Event-ID: must be an id received earlier from this stream.');
  }
  return new AppError('PAYLOAD_TOO_LARGE', 'The address and headers are too large. Send long messages by POST.');
}
