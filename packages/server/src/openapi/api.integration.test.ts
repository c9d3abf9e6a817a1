import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../../test/start-test-server.ts';
import { checkContract } from '../../test/contract-check.ts';
import type { ApiDocument } from './build-document.ts';

let server: TestServer;
let document: ApiDocument;

beforeAll(async () => {
  server = await startTestServer();
  document = (await (await fetch(`${server.url}/openapi.json`)).json()) as ApiDocument;
});

afterAll(() => server.stop());

describe('the API description (L6)', () => {
  it('names every address of the contract, with its methods', () => {
    const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(operations.toSorted()).toMatchSnapshot();
  });

  it('names no address and no method that is not served, and no method less', async () => {
    for (const [path, methods] of Object.entries(document.paths)) {
      const address = path
        .replaceAll('{account}', 'acme')
        .replaceAll('{agent}', 'helper')
        .replaceAll(/\{\w+\}/g, 'x');
      // 405 lists what is served; a method nobody serves asks for it.
      const response = await fetch(`${server.url}${address}`, { method: 'PROPFIND' });
      expect([path, response.status]).toEqual([path, 405]);
      const allowed = (response.headers.get('allow') ?? '').split(', ').filter((name) => !/HEAD|OPTIONS/.test(name));
      expect([path, allowed.toSorted()]).toEqual([
        path,
        Object.keys(methods)
          .map((name) => name.toUpperCase())
          .toSorted(),
      ]);
    }
  });

  it('describes parameters, bodies and limits by the schemas that check them', () => {
    const chat = document.paths['/accounts/{account}/agents/{agent}/chat']?.['post'];
    expect(chat).toMatchSnapshot();
  });

  it('would notice an answer with a field, a status or an address of its own', async () => {
    const narrowed = structuredClone(document);
    const health = narrowed.paths['/health']?.['get'] as { responses: Record<string, unknown> };
    health.responses = { 503: health.responses['200'] };
    delete narrowed.paths['/accounts/{account}/agents'];
    const agent = narrowed.paths['/accounts/{account}/agents/{agent}/health']?.['get'] as typeof health;
    const reply = agent.responses['200'] as { content: Record<string, { schema: { properties: object } }> };
    reply.content['application/json'] = { schema: { ...reply.content['application/json']!.schema, properties: {} } };
    const check = checkContract(narrowed, Number(new URL(server.url).port));
    for (const address of ['/health', '/accounts/acme/agents', '/accounts/acme/agents/helper/health']) {
      await fetch(`${server.url}${address}`);
    }
    check.stop();
    expect(check.violations).toEqual([
      'GET /health answered 200: get /health does not describe this status',
      'GET /accounts/acme/agents answered 200: the address is not described',
      'GET /accounts/acme/agents/helper/health answered 200: data must NOT have additional properties',
    ]);
  });
});

describe('/docs', () => {
  it('shows the description with scripts and styles of this server only', async () => {
    const page = await fetch(`${server.url}/docs`);
    expect(page.status).toBe(200);
    expect(page.headers.get('content-security-policy')).toContain("script-src 'self';");
    const html = await page.text();
    const parts = Array.from(html.matchAll(/(?:src|href)="([^"]+)"/g), ([, address]) => address ?? '');
    expect(parts).toHaveLength(3);
    for (const part of parts) expect([part, (await fetch(`${server.url}${part}`)).status]).toEqual([part, 200]);
  });
});
