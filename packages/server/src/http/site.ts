import path from 'node:path';
import express, { type Express, type Response } from 'express';
import { serveDemoPages } from './demo-pages.ts';

export interface SiteFolders {
  /** The built widget: `chat-widget.js` and the pieces it loads. */
  widget: string;
  /** The demo pages. */
  examples: string;
}

/** Serves the widget's files and the demo pages. */
export function serveSite(app: Express, { widget, examples }: SiteFolders): void {
  app.get('/', (_req, res) => res.redirect(302, '/demo/'));

  app.use(
    express.static(widget, {
      index: false,
      redirect: false,
      setHeaders(res: Response, file) {
        res.setHeader('Access-Control-Allow-Origin', '*');
        // The loader keeps its name, so it is asked for again soon; everything it loads has its hash in its name.
        const immutable = path.basename(file) !== 'chat-widget.js';
        res.setHeader('Cache-Control', immutable ? 'public, max-age=31536000, immutable' : 'public, max-age=300');
      },
    }),
  );

  serveDemoPages(app, examples);
  app.get('/favicon.ico', (_req, res) => res.redirect(301, '/demo/assets/mark.svg'));
}
