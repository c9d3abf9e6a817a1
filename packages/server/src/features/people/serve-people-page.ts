import type { Express, RequestHandler } from 'express';
import { serve } from '../../http/serve.ts';
import { PEOPLE_PAGE, PEOPLE_SCRIPT, PEOPLE_STYLE } from './people-page.ts';

const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** `/people/`, with its script and its style. */
export function servePeoplePage(app: Express): void {
  const send =
    (type: string, body: string): RequestHandler =>
    (_req, res) => {
      res.set({ 'Cache-Control': 'no-cache', 'Content-Security-Policy': PAGE_POLICY }).type(type).send(body);
    };
  serve(app, '/people', [], { get: send('html', PEOPLE_PAGE) });
  serve(app, '/people/page.js', [], { get: send('js', PEOPLE_SCRIPT) });
  serve(app, '/people/page.css', [], { get: send('css', PEOPLE_STYLE) });
}
