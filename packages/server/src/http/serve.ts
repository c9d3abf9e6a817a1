import type { Express, RequestHandler } from 'express';
import { methodNotAllowed } from './error-handler.ts';
import { answerPreflight } from './origin-guard.ts';

export interface Methods {
  get?: RequestHandler | RequestHandler[];
  post?: RequestHandler | RequestHandler[];
}

export interface ServeOptions {
  /** The GET changes something, so HEAD must not reach it. */
  changes?: boolean;
  /** Runs before preflights instead of `enter`. Default: `enter`. */
  preflight?: readonly RequestHandler[];
}

/**
 * Mounts what an address does: its methods, its preflight, and 405 for the rest. `enter` runs first and for all of them
 * but the last.
 */
export function serve(
  app: Express,
  path: string,
  enter: readonly RequestHandler[],
  { get, post }: Methods,
  { changes = false, preflight = enter }: ServeOptions = {},
): void {
  const allowed = [...(get ? (changes ? ['GET'] : ['GET', 'HEAD']) : []), ...(post ? ['POST'] : [])];
  const refuse = methodNotAllowed(...allowed);
  const route = app.route(path);
  if (get && changes) route.head(refuse);
  if (get) route.get(...enter, get);
  if (post) route.post(...enter, post);
  route.options(...preflight, answerPreflight);
  route.all(refuse);
}
