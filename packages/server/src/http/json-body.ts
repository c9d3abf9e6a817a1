import { isUtf8 } from 'node:buffer';
import express, { type RequestHandler } from 'express';
import { AppError } from '../errors.ts';
import { depthOfJson } from './depth-of-json.ts';

/** Room for the longest message, escaped, with its page context. */
const MAX_BODY = '128kb';
/** Whatever walks a parsed body recurses: `JSON.stringify` runs out of stack some thousand levels down. */
const MAX_DEPTH = 100;

const parseJson = express.json({ limit: MAX_BODY, type: 'application/json', verify: refuseUnreadable });

/**
 * Reads a JSON body, in UTF-8 as RFC 8259 section 8.1 demands. Any other type is refused: it is what a form on a foreign
 * page could send without asking the browser for leave.
 */
export const jsonBody: RequestHandler = (req, res, next) => {
  if (!req.is('application/json') || !isNamedUtf8(req.get('Content-Type'))) {
    next(new AppError('UNSUPPORTED_MEDIA_TYPE', 'Send the body as application/json in UTF-8.'));
    return;
  }
  parseJson(req, res, next);
};

function isNamedUtf8(contentType = ''): boolean {
  const [, charset = 'utf-8'] = /;\s*charset\s*=\s*"?([^\s;"]+)/i.exec(contentType) ?? [];
  return charset.toLowerCase() === 'utf-8';
}

/** The parser keeps only an error's `type`; the error handler gives it its words. */
function refuseUnreadable(_req: unknown, _res: unknown, bytes: Buffer): void {
  // The decoder would put U+FFFD in place of what it cannot read, and the message would not be what was sent.
  if (!isUtf8(bytes)) throw Object.assign(new Error('body is not UTF-8'), { type: 'entity.not.utf8' });
  if (depthOfJson(bytes) > MAX_DEPTH) throw Object.assign(new Error('body is too deep'), { type: 'entity.too.deep' });
}
