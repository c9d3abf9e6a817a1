import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../../test/start-test-server.ts';
import { createVisitor } from '../../test/visitor.ts';

const A = '/accounts/acme/agents/helper';
const REQUESTS = 20;
const CHANGES = 4;

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer({
    app: {
      http: { trusted_proxies: ['127.0.0.0/8'], forwarded_header: 'forwarded' },
      limits: { address: { requests_per_minute: REQUESTS, changes_per_minute: CHANGES } },
    },
  });
});

afterAll(() => server.stop());

const from = (address: string) => ({ Forwarded: `for="${address}"` });

async function statusesOf(count: number, ask: () => Promise<Response>): Promise<number[]> {
  const statuses: number[] = [];
  for (let sent = 0; sent < count; sent += 1) statuses.push((await ask()).status);
  return statuses;
}

describe('requests of one address', () => {
  it('are refused past the limit, readably for any page; another address is not', async () => {
    const history = (address: string) => createVisitor(server.url).fetch(`${A}/history`, { headers: from(address) });
    const replies = await Promise.all(Array.from({ length: REQUESTS * 3 }, () => history('192.0.2.1')));
    const served = replies.filter(({ status }) => status === 200);
    const refused = replies.filter(({ status }) => status === 429);
    expect(served.length).toBeGreaterThanOrEqual(REQUESTS);
    expect(refused.length).toBeGreaterThan(0);
    expect(served.length + refused.length).toBe(replies.length);
    expect(refused[0]?.headers.get('Access-Control-Allow-Origin')).toBe('https://shop.example');
    expect(Number(refused[0]?.headers.get('Retry-After'))).toBeGreaterThan(0);
    expect(await refused[0]?.json()).toMatchObject({ code: 'RATE_LIMIT_EXCEEDED' });
    expect((await history('192.0.2.2')).status).toBe(200);
  });

  it('do not keep anybody from hearing whether the server lives, or what the widget looks like', async () => {
    const asking = Array.from({ length: REQUESTS * 3 }, () =>
      fetch(`${server.url}/api/session`, { headers: from('192.0.2.3') }),
    );
    expect((await Promise.all(asking)).map(({ status }) => status)).toContain(429);
    for (const path of ['/health', '/ready', '/metrics', `${A}/config`, `${A}/health`]) {
      expect((await fetch(server.url + path, { headers: from('192.0.2.3') })).status, path).toBe(200);
    }
    const preflight = await fetch(`${server.url}${A}/chat`, {
      method: 'OPTIONS',
      headers: { ...from('192.0.2.3'), Origin: 'https://shop.example', 'Access-Control-Request-Method': 'POST' },
    });
    expect(preflight.status).toBe(204);
  });

  it.each([
    ['session/token', '198.51.100.1'],
    ['session/reset', '198.51.100.2'],
    ['messages/00000000-0000-4000-8000-000000000000/feedback', '198.51.100.3'],
  ])('that change something have a narrower one: %s', async (path, address) => {
    const statuses = await statusesOf(CHANGES + 1, () =>
      createVisitor(server.url).post(`${A}/${path}`, { rating: 'up' }, from(address)),
    );
    expect(statuses.slice(0, CHANGES)).not.toContain(429);
    expect(statuses.at(-1)).toBe(429);
  });
});
