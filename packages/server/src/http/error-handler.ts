import type { ErrorRequestHandler, RequestHandler } from 'express';
import { isDatabaseUnavailable } from '../db/index.ts';
import { AppError, toAppError } from '../errors.ts';
import { contextOf } from './request-context.ts';

/** Answers a path that nobody serves. */
export const notFound: RequestHandler = (_req, _res, next) => {
  next(new AppError('NOT_FOUND', 'There is nothing at this address.'));
};

/** For paths that exist, but not with this method. */
export function methodNotAllowed(...allowed: string[]): RequestHandler {
  const allow = [...allowed, 'OPTIONS'].join(', ');
  return (_req, _res, next) => {
    next(new AppError('METHOD_NOT_ALLOWED', `This address takes ${allow}.`, { headers: { Allow: allow } }));
  };
}

/** The one place where failures become answers. */
export const errorHandler: ErrorRequestHandler = (caught: unknown, req, res, _next) => {
  const context = contextOf(req);
  const error =
    caught instanceof AppError ? caught : (fromFramework(caught) ?? fromDatabase(caught) ?? toAppError(caught));
  if (error.limit !== null) context.refusedBy = error.limit;
  // Not ready is a state, and says so once for each request; anything else is a fault to look into.
  if (error.code === 'NOT_READY') context.log.warn({ code: error.code }, 'request refused');
  else if (error.status >= 500) context.log.error({ err: error, code: error.code }, 'request failed');
  if (res.headersSent) {
    // Too late for a status. A stream has sent its own error event; anything else is cut, so that nobody takes it for whole.
    res.destroy();
    return;
  }
  res.status(error.status).set(error.headers).set('Cache-Control', 'no-store').json(error.toBody(context.requestId));
};

function fromDatabase(error: unknown): AppError | null {
  if (!isDatabaseUnavailable(error)) return null;
  return new AppError('NOT_READY', 'The database cannot be reached. Try again in a few seconds.', {
    cause: error,
    headers: { 'Retry-After': '5' },
  });
}

const BODY_PROBLEMS: ReadonlyMap<unknown, string> = new Map([
  ['entity.parse.failed', 'body: is not a valid JSON object.'],
  ['entity.not.utf8', 'body: is not valid UTF-8.'],
  ['entity.too.deep', 'body: is nested too deeply.'],
]);

/** Express and its body parser report what they refuse as errors with a status. */
function fromFramework(error: unknown): AppError | null {
  if (error instanceof URIError) {
    return new AppError('VALIDATION_ERROR', 'path: is not valid percent-encoded UTF-8.', { cause: error });
  }
  const { status, type } = (error ?? {}) as { status?: unknown; type?: unknown };
  if (typeof status !== 'number' || status < 400 || status > 499) return null;
  const problem = BODY_PROBLEMS.get(type);
  if (problem) return new AppError('VALIDATION_ERROR', problem, { cause: error });
  if (status === 413) return new AppError('PAYLOAD_TOO_LARGE', 'The request body is too large.', { cause: error });
  if (status === 415) {
    return new AppError('UNSUPPORTED_MEDIA_TYPE', 'Send the body as application/json in UTF-8.', { cause: error });
  }
  if (status === 404) return new AppError('NOT_FOUND', 'There is nothing at this address.', { cause: error });
  return new AppError('VALIDATION_ERROR', 'The request could not be read.', { cause: error });
}
