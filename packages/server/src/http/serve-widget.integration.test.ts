import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib';
import express from 'express';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectDirectory } from '../../test/project-directory.ts';
import { startTestServer, type TestServer } from '../../test/start-test-server.ts';
import { createFindFramers } from '../features/agents/index.ts';
import { securityHeaders } from './security-headers.ts';
import { serveWidget } from './serve-widget.ts';

const LOADER = `console.log(${JSON.stringify('x'.repeat(500))})`;
const FILES = [
  'chat-widget.js',
  'panel-abc.js',
  'iframe-wrapper.html',
  'v1/chat-widget.js',
  'w/0.1.0/chat-widget.js',
  'w/0.1.0/iframe-wrapper.html',
];

let salient: TestServer;
let folder: string;
let wrapper: string;
let url: string;
let stop: () => Promise<void>;

beforeAll(async () => {
  const listed = ['https://www.example.com', 'https://*.example.org', 'http://localhost:5173'];
  salient = await startTestServer({
    agents: [
      { account: 'acme', agent: 'listed', config: { allowed_origins: listed } },
      { account: 'acme', agent: 'open' },
      { account: 'default_account', agent: 'simple_chat1', config: { allowed_origins: ['https://www.example.com'] } },
    ],
  });
  wrapper = await readFile(path.join(projectDirectory, 'packages/widget/src/frame/iframe-wrapper.html'), 'utf8');
  folder = await mkdtemp(path.join(tmpdir(), 'salient-widget-'));
  for (const name of FILES) {
    const content = name.endsWith('.html') ? wrapper : LOADER;
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
    await writeFile(path.join(folder, name), content);
    await writeFile(path.join(folder, `${name}.br`), brotliCompressSync(content));
    await writeFile(path.join(folder, `${name}.gz`), gzipSync(content));
  }
  // Not compressed: a build of another kind must still be served.
  await writeFile(path.join(folder, 'plain.js'), LOADER);

  const app = express().use(securityHeaders);
  app.set('etag', false).set('query parser', 'simple');
  serveWidget(app, folder, createFindFramers(salient.running.directory));
  const server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  stop = async () => {
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  };
});

afterAll(async () => {
  await stop();
  await salient.stop();
  await rm(folder, { recursive: true });
});

/** `fetch` would decompress, and could not show what was sent. */
function get(address: string, headers: Record<string, string> = {}, method = 'GET') {
  return new Promise<{ status: number; headers: Record<string, unknown>; body: Buffer }>((resolve, reject) => {
    const sending = request(`${url}${address}`, { method, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
      );
    });
    sending.on('error', reject).end();
  });
}

describe('a file of the widget', () => {
  it('comes in the best encoding that the browser takes, under one name for each', async () => {
    const etags = new Set<unknown>();
    for (const [accepts, encoding, decode] of [
      ['gzip, deflate, br, zstd', 'br', brotliDecompressSync],
      ['gzip, deflate', 'gzip', gunzipSync],
      ['br;q=0, gzip;q=0.5', 'gzip', gunzipSync],
      ['identity', undefined, (body: Buffer) => body],
      ['zstd', undefined, (body: Buffer) => body],
    ] as const) {
      const { status, headers, body } = await get('/chat-widget.js', { 'Accept-Encoding': accepts });
      expect([accepts, status, headers['content-encoding']]).toEqual([accepts, 200, encoding]);
      expect(decode(body).toString()).toBe(LOADER);
      expect(headers['vary']).toMatch(/\bAccept-Encoding\b/);
      expect(headers['content-length']).toBe(String(body.length));
      etags.add(headers['etag']);
    }
    expect(etags.size).toBe(3);
    const plain = await get('/plain.js', { 'Accept-Encoding': 'br, gzip' });
    expect([plain.headers['content-encoding'], plain.body.toString()]).toEqual([undefined, LOADER]);
  });

  it('may be loaded by any page, as script and as module, and is nothing but a script', async () => {
    for (const name of ['/chat-widget.js', '/panel-abc.js', '/v1/chat-widget.js', '/w/0.1.0/chat-widget.js']) {
      const { headers } = await get(name, { Origin: 'https://shop.example' });
      expect(headers).toMatchObject({
        'access-control-allow-origin': '*',
        'cross-origin-resource-policy': 'cross-origin',
        'x-content-type-options': 'nosniff',
        'content-type': 'text/javascript; charset=utf-8',
      });
      expect(headers['access-control-allow-credentials']).toBeUndefined();
      expect(headers['set-cookie']).toBeUndefined();
    }
  });

  it('is kept as long as its name promises', async () => {
    const lifetimes = await Promise.all(
      FILES.map(async (name) => [name, (await get(`/${name}`)).headers['cache-control']]),
    );
    expect(Object.fromEntries(lifetimes)).toEqual({
      'chat-widget.js': 'public, max-age=300',
      'v1/chat-widget.js': 'public, max-age=300',
      'panel-abc.js': 'public, max-age=31536000, immutable',
      'w/0.1.0/chat-widget.js': 'public, max-age=31536000, immutable',
      'iframe-wrapper.html': 'no-cache',
      'w/0.1.0/iframe-wrapper.html': 'no-cache',
    });
  });

  it('is not sent again to who has it, and HEAD gets its headers only', async () => {
    const { headers } = await get('/chat-widget.js', { 'Accept-Encoding': 'br' });
    const again = await get('/chat-widget.js', { 'Accept-Encoding': 'br', 'If-None-Match': String(headers['etag']) });
    expect([again.status, again.body.length, again.headers['etag']]).toEqual([304, 0, headers['etag']]);
    const head = await get('/chat-widget.js', { 'Accept-Encoding': 'br' }, 'HEAD');
    expect([head.status, head.body.length]).toEqual([200, 0]);
    expect(head.headers['content-length']).toBe(headers['content-length']);
  });

  it('is all that is served: neither the compressed forms nor anything else under their names', async () => {
    for (const name of ['/chat-widget.js.br', '/chat-widget.js.gz', '/w/0.1.0/', '/w', '/w/0.2.0/chat-widget.js']) {
      expect([name, (await get(name)).status]).toEqual([name, 404]);
    }
  });
});

describe('the iframe wrapper', () => {
  const policyOf = async (address: string, sent: Record<string, string> = { 'X-Forwarded-Proto': 'https' }) => {
    const { status, headers } = await get(address, sent);
    expect(status).toBe(200);
    expect(headers['x-frame-options']).toBeUndefined();
    const directives = String(headers['content-security-policy']).split('; ');
    return Object.fromEntries(directives.map((directive) => directive.split(/ (.*)/s))) as Record<string, string>;
  };
  const framersOf = async (query: string) => (await policyOf(`/iframe-wrapper.html${query}`))['frame-ancestors'];

  it('may be framed where its agent may be used, and nowhere else (V10)', async () => {
    expect(await framersOf('?account=acme&agent=listed')).toBe(
      "'self' https://www.example.com https://*.example.org http://localhost:5173",
    );
    expect(await framersOf('?account=acme&agent=open')).toBe('*');
    // What the file itself means when its address says nothing.
    expect(await framersOf('')).toBe("'self' https://www.example.com");
    expect(await framersOf('?backend=https://evil.example')).toBe("'self' https://www.example.com");
  });

  it.each([
    '?account=acme&agent=nobody',
    '?account=nobody&agent=open',
    '?account=acme',
    '?agent=open',
    '?account=acme&agent=open&agent=listed',
    '?account=acme&agent=listed&agent=open',
    '?account=acme&agent[]=open',
    '?account=acme&agent=',
    '?account=acme&agent=open%20https://evil.example',
    '?account=acme&agent=..%2fopen',
    '?account=acme&agent=open%0d%0aX-Evil:1',
  ])('with %s may be framed by nobody (V10)', async (query) => {
    expect(await framersOf(query)).toBe("'none'");
  });

  it('follows an edit of the list at once, also where it was kept', async () => {
    const opened = await get('/iframe-wrapper.html?account=acme&agent=open');
    await salient.writeAgent({
      account: 'acme',
      agent: 'open',
      config: { allowed_origins: ['https://new.example.com'] },
    });
    await salient.running.directory.refresh();
    const narrowed = await get('/iframe-wrapper.html?account=acme&agent=open', {
      'If-None-Match': String(opened.headers['etag']),
    });
    expect(narrowed.status).toBe(200);
    expect(String(narrowed.headers['content-security-policy'])).toContain(
      "frame-ancestors 'self' https://new.example.com",
    );
  });

  it('runs its own inline script and style by their hashes, and no others', async () => {
    const policy = await policyOf('/w/0.1.0/iframe-wrapper.html');
    const hashOf = (tag: string) => {
      const content = new RegExp(`<${tag}>([^]*)</${tag}>`).exec(wrapper)?.[1] ?? '';
      return `'sha256-${createHash('sha256').update(content).digest('base64')}'`;
    };
    expect(policy['script-src']).toBe(`'self' ${hashOf('script')}`);
    expect(policy['style-src']).toBe(`'self' ${hashOf('style')}`);
    expect(policy['default-src']).toBe("'none'");
    expect(policy['connect-src']).toBe("'self'");
  });

  it('names its address over plain http, where WebKit takes no word for it in a sandboxed frame', async () => {
    expect((await policyOf('/iframe-wrapper.html', {}))['connect-src']).toBe(`'self' ${url}`);
    for (const host of ['evil.example *', "evil.example; script-src 'unsafe-inline'", 'user@evil.example', '[::1]']) {
      expect((await policyOf('/iframe-wrapper.html', { Host: host }))['connect-src']).toBe("'self'");
    }
  });
});

describe('every other page and answer of the server', () => {
  it.each([
    ['/demo/', "frame-ancestors 'self'"],
    ['/demo/widget', "frame-ancestors 'self'"],
    ['/demo/simple-chat', "frame-ancestors 'self'"],
    ['/demo/nowhere', "frame-ancestors 'self'"],
    ['/demo/EMBEDDING-GUIDE.md', "frame-ancestors 'none'"],
    ['/', "frame-ancestors 'none'"],
    ['/nowhere', "frame-ancestors 'none'"],
    ['/health', "frame-ancestors 'none'"],
    ['/accounts/acme/agents', "frame-ancestors 'none'"],
    ['/accounts/acme/agents/open/config', "frame-ancestors 'none'"],
    ['/accounts/acme/agents/open/history', "frame-ancestors 'none'"],
  ])('%s says %s (V10)', async (address, expected) => {
    const response = await fetch(new URL(address, salient.url), { redirect: 'manual' });
    expect(response.headers.get('Content-Security-Policy')).toContain(expected);
  });
});
