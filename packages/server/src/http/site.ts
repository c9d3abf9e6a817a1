import { readdirSync } from 'node:fs';
import path from 'node:path';
import express, { type Express, type Response } from 'express';

export interface SiteFolders {
  /** The built widget: `chat-widget.js` and the pieces it loads. */
  widget: string;
  /** The demo pages. */
  examples: string;
}

/**
 * What the demo pages are allowed: nothing from elsewhere, nothing inline. The widget on them runs under it, as it would
 * on a strict customer's site.
 */
const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "frame-ancestors 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

/** Serves the demo pages. */
export function serveSite(app: Express, { examples }: Pick<SiteFolders, 'examples'>): void {
  app.get('/', (_req, res) => res.redirect(302, '/demo/'));

  for (const page of demoPages(examples)) {
    const name = page.replace(/\.html$/, '');
    app.get([`/demo/${name}`, `/demo/${page}`], (_req, res) => sendPage(res, path.join(examples, page), 200));
  }
  app.get('/demo', (req, res) => {
    // Relative addresses on the page need the slash.
    if (req.path.endsWith('/')) sendPage(res, path.join(examples, 'index.html'), 200);
    else res.redirect(301, '/demo/');
  });
  app.use(
    '/demo/assets',
    express.static(path.join(examples, 'assets'), { index: false, redirect: false, maxAge: '5m' }),
  );
  app.get('/demo/EMBEDDING-GUIDE.md', (_req, res) => {
    res.type('text/markdown; charset=utf-8').sendFile(path.join(examples, 'EMBEDDING-GUIDE.md'));
  });
  app.get('/favicon.ico', (_req, res) => res.redirect(301, '/demo/assets/mark.svg'));
  app.get('/demo/*path', (_req, res) => sendPage(res, path.join(examples, '404.html'), 404));
}

function demoPages(examples: string): string[] {
  return readdirSync(examples).filter((name) => name.endsWith('.html') && name !== 'index.html' && name !== '404.html');
}

function sendPage(res: Response, file: string, status: number): void {
  res.status(status).set({ 'Content-Security-Policy': PAGE_POLICY, 'Cache-Control': 'no-cache' }).sendFile(file);
}
