import type { Request, RequestHandler, Response } from 'express';
import { AppError } from '../errors.ts';

const ALLOWED_HEADERS = 'Authorization, Content-Type, Last-Event-ID, X-Salient-Session';
const EXPOSED_HEADERS =
  'X-Request-ID, X-Salient-Session, Retry-After, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, RateLimit-Policy';

/**
 * Whether a page may use an agent.
 *
 * @param allowed exact origins, or `https://*.example.org` for any name below it. Empty: every origin.
 */
function isOriginAllowed(origin: string, allowed: readonly string[]): boolean {
  if (allowed.length === 0) return true;
  return allowed.some((pattern) => {
    const [scheme, parent] = pattern.split('://*.');
    if (parent === undefined) return origin === pattern;
    const prefix = `${scheme}://`;
    const suffix = `.${parent}`;
    if (!origin.startsWith(prefix) || !origin.endsWith(suffix)) return false;
    const name = origin.slice(prefix.length, -suffix.length);
    return /^[a-z0-9-]+(\.[a-z0-9-]+)*$/.test(name);
  });
}

/**
 * Lets the pages on the list read answers, with credentials.
 *
 * @throws {AppError} ORIGIN_NOT_ALLOWED
 */
export function allowOrigin(req: Request, res: Response, allowed: readonly string[]): void {
  res.vary('Origin');
  const origin = req.get('Origin');
  if (origin === undefined) return;
  if (!isOwnOrigin(req, origin) && !isOriginAllowed(origin, allowed)) {
    throw new AppError('ORIGIN_NOT_ALLOWED', "This page's address is not on the agent's list of allowed origins.");
  }
  res.setHeader('Access-Control-Allow-Origin', origin);
  res.setHeader('Access-Control-Allow-Credentials', 'true');
  res.setHeader('Access-Control-Expose-Headers', EXPOSED_HEADERS);
}

/**
 * Lets any page ask before it is known whom the request is about: for the preflight of addresses that only read. The
 * request itself is held against the agent's list.
 */
export const allowAnyToAsk: RequestHandler = (req, res, next) => {
  allowOrigin(req, res, []);
  next();
};

/** Answers a preflight, after `allowOrigin`. */
export function answerPreflight(req: Request, res: Response): void {
  if (req.get('Origin') !== undefined && req.get('Access-Control-Request-Method') !== undefined) {
    res.setHeader('Access-Control-Allow-Methods', 'GET, POST');
    res.setHeader('Access-Control-Allow-Headers', ALLOWED_HEADERS);
    res.setHeader('Access-Control-Max-Age', '7200');
  }
  res.status(204).end();
}

/**
 * Guards requests that change something against pages that make a browser send them unasked. An allowed `Origin` or
 * `Sec-Fetch-Site` shows where a request comes from; one that carries a cookie and shows neither is refused. Without a
 * cookie there is nothing to abuse. From another site only scripts may ask, which CORS lets in or not: no form, link or
 * image.
 *
 * @throws {AppError} FORBIDDEN, or UNSUPPORTED_MEDIA_TYPE for what only a form sends
 */
export function refuseForgery(req: Request): void {
  if (req.is(FORM_TYPES)) throw new AppError('UNSUPPORTED_MEDIA_TYPE', 'Send the body as application/json in UTF-8.');
  if (isFromElsewhere(req)) {
    throw new AppError('FORBIDDEN', 'The request does not show which page it comes from. Send an Origin header.');
  }
}

/**
 * The same for what only pages of this server itself may do: no other page is let in by CORS there, and none is believed.
 *
 * @throws {AppError} FORBIDDEN, or UNSUPPORTED_MEDIA_TYPE for what only a form sends
 */
export function refuseOtherPages(req: Request): void {
  refuseForgery(req);
  const origin = req.get('Origin');
  const site = req.get('Sec-Fetch-Site');
  const isOwnSite = site === undefined || site === 'same-origin' || site === 'none';
  if (!isOwnSite || (origin !== undefined && !isOwnOrigin(req, origin))) {
    throw new AppError('FORBIDDEN', 'Only pages of this server may ask for that.');
  }
}

/** `refuseForgery` for routes that do something before their handler. */
export const refuseForgeries: RequestHandler = (req, _res, next) => {
  refuseForgery(req);
  next();
};

/** What a browser lets any page send anywhere without a preflight (WHATWG Fetch, CORS-safelisted request-header). */
const FORM_TYPES = ['application/x-www-form-urlencoded', 'multipart/form-data', 'text/plain'];

function isFromElsewhere(req: Request): boolean {
  const site = req.get('Sec-Fetch-Site');
  const fromOtherSite = site !== undefined && site !== 'same-origin' && site !== 'none';
  if (req.get('Origin') === undefined) return fromOtherSite || (site === undefined && req.get('Cookie') !== undefined);
  return fromOtherSite && req.get('Sec-Fetch-Mode') !== 'cors';
}

function isOwnOrigin(req: Request, origin: string): boolean {
  // With either scheme: behind a proxy that ends TLS this process does not know which one.
  const host = req.get('Host');
  if (host === undefined) return false;
  return origin === `https://${host}` || origin === `http://${host}`;
}
