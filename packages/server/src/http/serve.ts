import type { Express, RequestHandler } from 'express';
import { methodNotAllowed } from './error-handler.ts';
import { answerPreflight } from './origin-guard.ts';

type Handlers = RequestHandler | RequestHandler[];

export interface Methods {
  get?: Handlers;
  post?: Handlers;
  put?: Handlers;
  patch?: Handlers;
  delete?: Handlers;
}

const CHANGING = ['post', 'put', 'patch', 'delete'] as const;

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
  methods: Methods,
  { changes = false, preflight = enter }: ServeOptions = {},
): void {
  const { get } = methods;
  const changing = CHANGING.filter((method) => methods[method]);
  const allowed = [
    ...(get ? (changes ? ['GET'] : ['GET', 'HEAD']) : []),
    ...changing.map((method) => method.toUpperCase()),
  ];
  const refuse = methodNotAllowed(...allowed);
  const route = app.route(path);
  if (get && changes) route.head(refuse);
  if (get) route.get(...enter, get);
  for (const method of changing) route[method](...enter, methods[method] ?? []);
  route.options(...preflight, answerPreflight);
  route.all(refuse);
}
