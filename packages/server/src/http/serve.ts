import type { Express, RequestHandler } from 'express';
import { methodNotAllowed } from './error-handler.ts';
import { answerPreflight } from './origin-guard.ts';

export interface Methods {
  get?: RequestHandler | RequestHandler[];
  post?: RequestHandler | RequestHandler[];
}

/**
 * Mounts what an address does: its methods, its preflight, and 405 for the rest. `enter` runs first and for all of them
 * but the last.
 *
 * @param changes the GET changes something, so HEAD must not reach it
 * @param preflight runs before preflights instead of `enter`, where the address alone does not say who may ask
 */
export function serve(
  app: Express,
  path: string,
  enter: readonly RequestHandler[],
  { get, post }: Methods,
  { changes = false, preflight = enter }: { changes?: boolean; preflight?: readonly RequestHandler[] } = {},
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
