import { createRequire } from 'node:module';
import path from 'node:path';
import express, { type Express, type RequestHandler } from 'express';
import { z } from 'zod';
import packageFile from '../../package.json' with { type: 'json' };
import { serve } from '../http/serve.ts';
import { buildDocument } from './build-document.ts';
import type { Operation } from './operation.ts';

/** Swagger UI sets styles from its script and draws its icons from `data:`; everything else is ours. */
const DOCS_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Salient API</title>
    <link rel="stylesheet" href="/docs/assets/swagger-ui.css">
  </head>
  <body>
    <main id="swagger-ui"></main>
    <script src="/docs/assets/swagger-ui-bundle.js"></script>
    <script src="/docs/start.js"></script>
  </body>
</html>
`;

const START = `SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#swagger-ui',
  deepLinking: true,
  defaultModelsExpandDepth: -1,
  validatorUrl: null,
});
`;

/** Serves the description of every address of the server: for machines at `/openapi.json`, for people at `/docs`. */
export function serveApiDescription(app: Express, operations: readonly Operation[]): void {
  const document = JSON.stringify(buildDocument([...operations, ...descriptionOperations], packageFile.version));
  const send =
    (type: string, body: string): RequestHandler =>
    (_req, res) => {
      res.set({ 'Cache-Control': 'no-cache', 'Content-Security-Policy': DOCS_POLICY }).type(type).send(body);
    };
  serve(app, '/openapi.json', [allowAnyPage], { get: send('json', document) });
  serve(app, '/docs', [], { get: send('html', PAGE) });
  serve(app, '/docs/start.js', [], { get: send('js', START) });
  const swagger = path.dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
  app.use('/docs/assets', express.static(swagger, { index: false, redirect: false, maxAge: '1d' }));
}

/** The description is the same for everybody, so any page may read it. */
const allowAnyPage: RequestHandler = (_req, res, next) => {
  res.set('Access-Control-Allow-Origin', '*');
  next();
};

const descriptionOperations: readonly Operation[] = [
  {
    method: 'get',
    path: '/openapi.json',
    tag: 'Operation',
    summary: 'This description',
    replies: { 200: z.looseObject({ openapi: z.string() }) },
  },
  {
    method: 'get',
    path: '/docs',
    tag: 'Operation',
    summary: 'This description, for people',
    replies: { 200: { contentType: 'text/html' } },
  },
];
