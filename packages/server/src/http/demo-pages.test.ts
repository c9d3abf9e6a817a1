import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import express from 'express';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectDirectory } from '../../test/project-directory.ts';
import { sendRaw } from '../../test/send-raw.ts';
import { serveDemoPages } from './demo-pages.ts';
import { securityHeaders } from './security-headers.ts';

const examples = path.join(projectDirectory, 'examples');
const pages = [...readdirSync(examples), ...readdirSync(path.join(examples, 'scenes')).map((file) => `scenes/${file}`)]
  .filter((file) => file.endsWith('.html') && file !== '404.html')
  .map((file) => (file === 'index.html' ? '' : file.replace('.html', '')));

let server: Server;
let origin: string;

beforeAll(async () => {
  const app = express().set('etag', false).use(securityHeaders);
  serveDemoPages(app, examples);
  server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => server.close());

const get = (address: string) => fetch(`${origin}${address}`, { redirect: 'manual' });

describe.each(pages)('/demo/%s', (page) => {
  it('allows nothing inline, nothing foreign, and no foreign frame around it (R4, R5, L9, V10)', async () => {
    const { headers } = await get(`/demo/${page}`);
    const policy = headers.get('content-security-policy') ?? '';
    for (const directive of [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "connect-src 'self'",
      "frame-ancestors 'self'",
      "base-uri 'none'",
      "require-trusted-types-for 'script'",
      "trusted-types 'none'",
    ]) {
      expect(policy.split('; ')).toContain(directive);
    }
    // On the studio's sample pages an agent's own pictures show.
    const pictures = page.startsWith('scenes/') ? "img-src 'self' data: https:" : "img-src 'self' data:";
    expect(policy.split('; ')).toContain(pictures);
    expect(policy.replace(pictures, '')).not.toMatch(/unsafe|https?:|\*/);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('strict-transport-security')).toMatch(/max-age=31536000/);
  });

  it('is whole: every part is in it, and every link and file of these pages exists', async () => {
    const html = await (await get(`/demo/${page}`)).text();
    expect(html).not.toContain('include:');
    const addresses = [...html.matchAll(/(?:href|src|data-source)="(\/demo\/[^"]*)"/g)].map(([, address]) => address);
    for (const address of new Set(addresses)) {
      const { status } = await get((address ?? '').replace(/#.*/, ''));
      expect({ address, status }).toEqual({ address, status: 200 });
    }
  });

  it('has no inline script, style or handler, which its policy would block', async () => {
    const html = (await (await get(`/demo/${page}`)).text()).replace(/<(pre|code)[\s\S]*?<\/\1>/g, '');
    expect(html).not.toMatch(/<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)[^>]*>/);
  });
});

it('a page may be kept by the browser, and is asked for again', async () => {
  const first = await sendRaw(origin, { path: '/demo/guide' });
  expect(first.headers).toMatchObject({ 'cache-control': 'no-cache', etag: expect.any(String) });
  const again = await sendRaw(origin, { path: '/demo/guide', headers: { 'If-None-Match': first.headers.etag ?? '' } });
  expect([again.status, again.text]).toEqual([304, '']);
});

it('the navigation marks the page it stands on', async () => {
  const html = await (await get('/demo/multi-tenant-examples')).text();
  expect(html.match(/aria-current="page"/g)).toHaveLength(1);
  expect(html).toContain('href="/demo/multi-tenant-examples" aria-current="page"');
});

it('only pages that show frames may frame, and only this server', async () => {
  const policies = await Promise.all(
    pages.map(
      async (page) => [page, (await get(`/demo/${page}`)).headers.get('content-security-policy') ?? ''] as const,
    ),
  );
  const framing = policies.filter(([, policy]) => policy.includes("frame-src 'self'")).map(([page]) => page);
  expect(framing.sort()).toEqual(['embedding-comparison', 'iframe', 'iframe-embed', 'studio']);
});

it('the guide is Markdown at one address and a page at the other', async () => {
  const markdown = await get('/demo/EMBEDDING-GUIDE.md');
  expect(markdown.headers.get('content-type')).toBe('text/markdown; charset=utf-8');
  expect(await markdown.text()).toMatch(/^# Embedding Salient\n/);
  const page = await (await get('/demo/guide')).text();
  expect(page).toContain('<h1 id="embedding-salient">Embedding Salient</h1>');
  expect(page).toContain('&#60;script async src=');
  const [, contents = ''] = /guide-contents([\s\S]*?)<\/nav>/.exec(page) ?? [];
  for (const [, id] of contents.matchAll(/href="#([^"]+)"/g)) expect(page).toContain(`<h2 id="${id}">`);
  expect(contents.match(/href=/g)?.length).toBeGreaterThan(15);
});

it('an unknown page is a page that says so', async () => {
  const response = await get('/demo/nowhere');
  expect(response.status).toBe(404);
  expect(await response.text()).toContain('I don’t know that');
});

it('addresses with and without .html, and /demo without its slash, lead to the page', async () => {
  expect((await get('/demo/studio.html')).status).toBe(200);
  const bare = await get('/demo');
  expect([bare.status, bare.headers.get('location')]).toEqual([301, '/demo/']);
});
