import { afterAll, beforeAll, expect, it } from 'vitest';
import { startNginx } from '../../../scripts/start-nginx.mjs';
import type { ApiDocument } from '../src/openapi/build-document.ts';
import { startTestServer, type TestServer } from './start-test-server.ts';
import { createVisitor, eventData } from './visitor.ts';

// A cache in front that keeps whatever it is not told to let go, whoever asked for it.

const HELPER = '/accounts/acme/agents/helper';
const CANARY = 'canary-of-the-first-visitor';
const HOARDING = {
  http: 'proxy_cache_path cache keys_zone=everything:1m;',
  location: [
    'proxy_cache everything; proxy_cache_key $request_method$uri$is_args$args;',
    // For what says nothing itself.
    'proxy_cache_valid any 10m;',
    'add_header X-Cache $upstream_cache_status always;',
  ].join(' '),
};
/** What is the same for everybody, and says so itself. */
const PUBLIC = new Set(['/accounts/{account}/agents/{agent}/config', '/openapi.json', '/docs']);

let server: TestServer;
let nginx: { url: string; stop: () => Promise<void> };
let paths: string[];

beforeAll(async () => {
  server = await startTestServer({ agents: [{ account: 'acme', agent: 'helper' }] });
  nginx = await startNginx({ upstreams: [new URL(server.url).host], ...HOARDING });
  const document = (await (await fetch(`${server.url}/openapi.json`)).json()) as ApiDocument;
  paths = Object.entries(document.paths)
    .filter(([, methods]) => 'get' in methods)
    .map(([path]) => path);
});

afterAll(async () => {
  await nginx.stop();
  await server.stop();
});

it('no answer to one visitor is given to another (T7)', async () => {
  const first = createVisitor(nginx.url);
  const { turn_id: turnId, session_id } = eventData(await first.stream(HELPER, { message: CANARY }), 'turn');
  const fill = (path: string) =>
    path
      .replace('{account}', 'acme')
      .replace('{agent}', 'helper')
      .replace('{agent_type}', 'simple_chat')
      .replace('{session_id}', session_id)
      .replaceAll(/\{\w+\}/g, turnId);
  const addresses = [...paths.map(fill), `${HELPER}/history?limit=5`, '/api/session?account=acme&agent=helper'];
  const seen: string[] = [];
  for (const address of addresses) seen.push(await (await first.fetch(address)).text());
  expect(seen.filter((text) => text.includes(CANARY)).length).toBeGreaterThan(0);
  expect(seen.filter((text) => text.includes(session_id)).length).toBeGreaterThan(1);

  const second = createVisitor(nginx.url);
  for (const address of addresses) {
    const response = await second.fetch(address);
    const text = await response.text();
    expect(text, address).not.toContain(CANARY);
    if (!address.includes(session_id)) expect(text, address).not.toContain(session_id);
  }
});

it('every answer that is not public says no-store, and varies by origin where the origin matters (T7)', async () => {
  const visitor = createVisitor(nginx.url);
  await visitor.chat(HELPER, { message: 'hi' });
  for (const path of paths) {
    const address = path
      .replace('{account}', 'acme')
      .replace('{agent}', 'helper')
      .replaceAll(/\{\w+\}/g, 'none');
    const { headers } = await visitor.fetch(address);
    const names = { path, cacheControl: headers.get('Cache-Control') };
    if (PUBLIC.has(path)) expect(names.cacheControl, path).not.toBeNull();
    else expect(names, path).toEqual({ path, cacheControl: expect.stringMatching(/\bno-(store|cache)\b/) as string });
    // `*` is the same answer for every page.
    if ((headers.get('Access-Control-Allow-Origin') ?? '*') !== '*')
      expect(headers.get('Vary'), path).toMatch(/\bOrigin\b/);
  }
});

it('what one page may read is not given to another as its own', async () => {
  const [one, other] = ['https://one.example', 'https://other.example'].map((origin) =>
    createVisitor(nginx.url, origin),
  );
  const first = await one!.fetch(`${HELPER}/config`);
  const second = await other!.fetch(`${HELPER}/config`);
  expect(first.headers.get('Access-Control-Allow-Origin')).toBe('https://one.example');
  expect(second.headers.get('Access-Control-Allow-Origin')).toBe('https://other.example');
  // The cache does cache: the same page again is answered from it.
  expect((await one!.fetch(`${HELPER}/config`)).headers.get('X-Cache')).toBe('HIT');
});
