import type { Express } from 'express';
import { serveDemoPages } from './demo-pages.ts';

export interface SiteFolders {
  /** The built widget: `chat-widget.js` and the pieces it loads. */
  widget: string;
  /** The demo pages. */
  examples: string;
}

/** Serves the demo pages. */
export function serveSite(app: Express, { examples }: Pick<SiteFolders, 'examples'>): void {
  app.get('/', (_req, res) => res.redirect(302, '/demo/'));
  serveDemoPages(app, examples);
  app.get('/favicon.ico', (_req, res) => res.redirect(301, '/demo/assets/mark.svg'));
}
