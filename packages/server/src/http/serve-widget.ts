import { createHash } from 'node:crypto';
import path from 'node:path';
import type { Express, Request, Response } from 'express';
import { ENCODINGS, readWidgetFiles, type WidgetFile } from './widget-files.ts';
import { ownSource, wrapperPolicy } from './wrapper-policy.ts';

/** Which pages may show an agent of this address in a frame: sources as in CSP. Never throws. */
export type FindFramers = (account: unknown, agent: unknown) => Promise<string[]>;

const YEAR = 'public, max-age=31536000, immutable';
const MINUTES = 'public, max-age=300';

/**
 * Serves the widget's files: in the best encoding that lies ready, to any page, and for as long as their name promises
 * that they stay the same.
 */
export function serveWidget(app: Express, folder: string, findFramers: FindFramers): void {
  for (const [address, file] of readWidgetFiles(folder)) {
    const name = path.posix.basename(address);
    const answer = (req: Request, res: Response) => {
      // For `import()` of the panel, for `integrity`, and for pages that name their resources' policy.
      res.set({ 'Access-Control-Allow-Origin': '*', 'Cache-Control': lifetimeOf(address, name) });
      sendFile(req, res, name, file);
    };
    if (name.endsWith('.html')) app.get(address, serveWrapper(name, file, findFramers));
    else app.get(address, answer);
  }
}

/** What is under a version, or has its hash in its name, never changes. These keep their name and are asked for again. */
const KEEP_THEIR_NAMES = new Set(['chat-widget.js', 'salient-frame.js', 'integrity.json']);

function lifetimeOf(address: string, name: string): string {
  return address.startsWith('/w/') || !KEEP_THEIR_NAMES.has(name) ? YEAR : MINUTES;
}

/** The iframe wrapper: only where the agent that it shows may be shown. That may change, so it is always asked for. */
function serveWrapper(name: string, file: WidgetFile, findFramers: FindFramers) {
  const policyFor = wrapperPolicy(file.content.identity.toString('utf8'));
  return async (req: Request, res: Response) => {
    const framers = await findFramers(req.query['account'], req.query['agent']);
    const policy = policyFor(framers, ownSource(req.get('Host'), req.get('X-Forwarded-Proto')));
    res.removeHeader('X-Frame-Options');
    // A sandboxed frame has no origin to be keyed by, and browsers warn of a page that asks for it.
    res.removeHeader('Origin-Agent-Cluster');
    res.set({ 'Content-Security-Policy': policy, 'Cache-Control': 'no-cache' });
    sendFile(req, res, name, { ...file, hash: hashOf(file.hash + policy) });
  };
}

function sendFile(req: Request, res: Response, name: string, { content, hash }: WidgetFile): void {
  // The smallest that the browser takes, in our order: browsers list them without a preference.
  const encoding = ENCODINGS.find((candidate) => content[candidate] && req.acceptsEncodings(candidate)) ?? 'identity';
  res.vary('Accept-Encoding').type(path.extname(name)).set('ETag', `"${hash}-${encoding}"`);
  if (encoding !== 'identity') res.set('Content-Encoding', encoding);
  res.send(content[encoding]);
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 22);
}
