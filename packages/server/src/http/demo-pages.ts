import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import express, { type Express, type Response } from 'express';
import { composePage } from './compose-page.ts';
import { renderGuide } from './render-guide.ts';

/**
 * What a demo page is allowed: nothing from elsewhere, nothing inline. The widget on it runs under it, as it would on a
 * strict customer's site.
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
];

/** The pages that show another page of this server in a frame. */
const FRAMING_PAGES = new Set(['iframe', 'iframe-embed', 'embedding-comparison', 'studio']);

/** Everything under `/demo`: the pages, their assets, and the embedding guide, as it is and as a page. */
export function serveDemoPages(app: Express, examples: string): void {
  const guide = path.join(examples, 'EMBEDDING-GUIDE.md');
  const parts = async (page: string) => (page === 'guide' ? renderGuide(await readFile(guide, 'utf8')) : {});
  const send = async (res: Response, page: string, address: string, status = 200) => {
    const html = await composePage(examples, page, address, await parts(page));
    res
      .status(status)
      .set({
        'Content-Security-Policy': policyOf(page),
        'Cache-Control': 'no-cache',
        ETag: `"${createHash('sha256').update(html).digest('base64url').slice(0, 22)}"`,
      })
      .type('html')
      .send(html);
  };

  for (const page of listPages(examples)) {
    app.get([`/demo/${page}`, `/demo/${page}.html`], (_req, res) => send(res, page, `/demo/${page}`));
  }
  app.get('/demo', (req, res) => {
    // Relative addresses on the page need the slash.
    if (!req.path.endsWith('/')) return res.redirect(301, '/demo/');
    return send(res, 'index', '/demo/');
  });
  app.get('/demo/EMBEDDING-GUIDE.md', (_req, res) => res.type('text/markdown; charset=utf-8').sendFile(guide));
  app.use(
    '/demo/assets',
    express.static(path.join(examples, 'assets'), { index: false, redirect: false, maxAge: '5m' }),
  );
  app.get('/demo/*path', (_req, res) => send(res, '404', '', 404));
}

/** Names without `.html`; those in `scenes/` with their folder. */
function listPages(examples: string): string[] {
  const inFolder = (folder: string) =>
    readdirSync(path.join(examples, folder))
      .filter((file) => file.endsWith('.html'))
      .map((file) => path.posix.join(folder, file.slice(0, -'.html'.length)));
  return [...inFolder(''), ...inFolder('scenes')].filter((page) => page !== 'index' && page !== '404');
}

function policyOf(page: string): string {
  // On the studio's sample pages an agent's logo and avatar show; the widget asks only hosts that the agent lists.
  const policy = page.startsWith('scenes/')
    ? PAGE_POLICY.map((directive) => (directive.startsWith('img-src') ? `${directive} https:` : directive))
    : PAGE_POLICY;
  return (FRAMING_PAGES.has(page) ? [...policy, "frame-src 'self'"] : policy).join('; ');
}
