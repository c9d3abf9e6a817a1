import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answer } from '../../test/fake-provider-replies.ts';
import { dumpTables } from '../../test/owner-access.ts';
import { sendRaw, type RawRequest, type RawResponse } from '../../test/send-raw.ts';
import { startTestServer, type TestServer } from '../../test/start-test-server.ts';
import { createVisitor, eventData } from '../../test/visitor.ts';

const LISTED = '/accounts/acme/agents/listed';
const OPEN = '/accounts/acme/agents/open';
const NO_TURN = '00000000-0000-4000-8000-000000000000';
const JSON_TYPE = { 'Content-Type': 'application/json' };

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer({
    agents: [
      {
        account: 'acme',
        agent: 'listed',
        config: {
          allowed_origins: [
            'https://www.example.com',
            'https://*.example.org',
            'http://localhost:5173',
            'https://Shop.Example:8443',
            'https://xn--bcher-kva.example',
          ],
        },
      },
      { account: 'acme', agent: 'open' },
      { account: 'default_account', agent: 'first', config: { allowed_origins: ['https://www.example.com'] } },
    ],
  });
  server.provider.script(() => answer({ text: 'ok' }));
});

afterAll(() => server.stop());

const send = (request: RawRequest) => sendRaw(server.url, request);

/** Everything visitors can change. Last use of an agent and corrections of limits follow a moment later, on their own. */
async function dumpVisitorData(): Promise<Record<string, string[]>> {
  const { agent_instances: _, rate_limits: _limits, ...tables } = await dumpTables(server.running.database);
  return tables;
}

function expectReadableBy(response: RawResponse, origin: string): void {
  expect(response.headers).toMatchObject({
    'access-control-allow-origin': origin,
    'access-control-allow-credentials': 'true',
  });
  expect(response.headers['vary']).toMatch(/\bOrigin\b/);
}

function expectUnreadable(response: RawResponse): void {
  expect(Object.keys(response.headers).filter((name) => name.startsWith('access-control-allow-'))).toEqual([]);
}

describe('an agent with a list of origins (V4)', () => {
  const listed = [
    'https://www.example.com',
    'https://a.example.org',
    'https://a.b.example.org',
    'https://xn--bcher-kva.example.org',
    'http://localhost:5173',
    'https://shop.example:8443',
    'https://xn--bcher-kva.example',
  ];
  const others = [
    'null',
    'http://www.example.com',
    'https://example.com',
    'https://example.org',
    'https://.example.org',
    'https://-.example.org.',
    'https://www.example.com.',
    'https://www.example.com:443',
    'https://www.example.com:8443',
    'https://www.example.com/',
    'https://www.example.com/path',
    'https://www.example.com?',
    'https://www.example.com#',
    'https://WWW.EXAMPLE.COM',
    'HTTPS://www.example.com',
    'https://user@www.example.com',
    'https://user:secret@www.example.com',
    'https://www.example.com@evil.example',
    'https://www.example.com.evil.example',
    'https://www.example.com:8443@evil.example',
    'https://evilwww.example.com',
    'https://a.www.example.com',
    'https://www-example.com',
    'https://wwwxexample.com',
    'https://www.example.co',
    'https://www.example.comm',
    'https://evilexample.org',
    'https://a.example.org.evil.example',
    'https://a.example.org:8443',
    'http://a.example.org',
    'https://evil.example/.example.org',
    'https://evil.example#.example.org',
    'https://evil.example?.example.org',
    'https://evil.example\\.example.org',
    'https://evil.example%2f.example.org',
    'https://a..example.org',
    'https://*.example.org',
    'https://a.EXAMPLE.org',
    'https://bücher.example',
    'http://localhost',
    'http://localhost:5174',
    'https://localhost:5173',
    'http://127.0.0.1:5173',
    'https://shop.example',
    'ws://www.example.com',
    'file://',
    'chrome-extension://abcdefghijklmnop',
    'https://www.example.com https://evil.example',
    'https://evil.example, https://www.example.com',
    '*',
    '//www.example.com',
    'www.example.com',
    'undefined',
  ];
  const requests = (origin: string): RawRequest[] => {
    const headers = { Origin: Buffer.from(origin).toString('latin1') };
    const sending = { ...headers, ...JSON_TYPE };
    const preflight = { ...headers, 'Access-Control-Request-Method': 'POST' };
    return [
      { path: `${LISTED}/config`, headers },
      { path: `${LISTED}/health`, headers },
      { path: `${LISTED}/history`, headers },
      { path: `${LISTED}/stream?message=hi`, headers },
      { path: '/api/session?account=acme&agent=listed', headers },
      { path: `${LISTED}/chat`, method: 'POST', headers: sending, body: '{"message":"hi"}' },
      { path: `${LISTED}/session/token`, method: 'POST', headers },
      { path: `${LISTED}/session/reset`, method: 'POST', headers },
      { path: `${LISTED}/chat`, method: 'OPTIONS', headers: preflight },
      { path: `${LISTED}/stream`, method: 'OPTIONS', headers: preflight },
      { path: `${LISTED}/session/token`, method: 'OPTIONS', headers: preflight },
    ];
  };

  it.each(listed)('lets %s read, with credentials', async (origin) => {
    for (const request of requests(origin)) {
      const response = await send(request);
      expect([request.path, response.status]).toEqual([request.path, request.method === 'OPTIONS' ? 204 : 200]);
      expectReadableBy(response, origin);
    }
  });

  it(`lets none of ${others.length} others read or do anything`, async () => {
    const before = await dumpVisitorData();
    for (const origin of others) {
      for (const request of requests(origin)) {
        const response = await send(request);
        expect([origin, request.path, response.status]).toEqual([origin, request.path, 403]);
        expect(response.text).toContain('"code":"ORIGIN_NOT_ALLOWED"');
        expect(response.headers['vary']).toMatch(/\bOrigin\b/);
        expect(response.headers['set-cookie']).toBeUndefined();
        expectUnreadable(response);
      }
    }
    expect(await dumpVisitorData()).toEqual(before);
  });

  it('lets the pages of the server itself read, whatever ends TLS before it', async () => {
    const { host } = new URL(server.url);
    for (const origin of [`http://${host}`, `https://${host}`]) {
      expectReadableBy(await send({ path: `${LISTED}/history`, headers: { Origin: origin } }), origin);
    }
    for (const origin of [`https://user@${host}`, `ws://${host}`, `http://${host}/`, `http://${host}.evil.example`]) {
      const response = await send({ path: `${LISTED}/history`, headers: { Origin: origin } });
      expect([origin, response.status]).toEqual([origin, 403]);
      expectUnreadable(response);
    }
  });

  it('is held against its list under the older addresses too', async () => {
    const headers = { Origin: 'https://evil.example', ...JSON_TYPE };
    const body = '{"message":"hi"}';
    for (const path of ['/chat', '/accounts/acme/chat/simple_chat/listed']) {
      expect((await send({ path, method: 'POST', headers, body })).status).toBe(403);
    }
    for (const path of ['/events/stream', '/accounts/acme/agents/simple_chat/listed/stream']) {
      const response = await send({ path: `${path}?message=hi`, headers });
      expect(response.status).toBe(403);
      expectUnreadable(response);
    }
  });

  it('keeps the usage of a session from other pages', async () => {
    const visitor = createVisitor(server.url, 'https://www.example.com');
    const { session_id } = await visitor.chat(LISTED, { message: 'hi' });
    const ask = (origin: string) =>
      send({ path: `/api/session/${session_id}/usage`, headers: { Origin: origin, Cookie: visitor.cookie() ?? '' } });
    expectReadableBy(await ask('https://www.example.com'), 'https://www.example.com');
    const refused = await ask('https://evil.example');
    expect(refused.status).toBe(403);
    expectUnreadable(refused);
  });
});

describe('an agent without a list', () => {
  it.each(['https://shop.example', 'http://localhost:8080', 'https://a.b.c.example:8443', 'null'])(
    'lets %s read, by name and never by *',
    async (origin) => {
      const requests: RawRequest[] = [
        { path: `${OPEN}/config` },
        { path: `${OPEN}/history` },
        { path: `${OPEN}/stream?message=hi` },
        { path: '/api/session?account=acme&agent=open' },
        { path: '/accounts/acme/agents' },
        { path: `${OPEN}/chat`, method: 'POST', headers: JSON_TYPE, body: '{"message":"hi"}' },
      ];
      for (const request of requests) {
        const response = await send({ ...request, headers: { ...request.headers, Origin: origin } });
        expect([request.path, response.status]).toEqual([request.path, 200]);
        expectReadableBy(response, origin);
      }
    },
  );

  it('names no origin to a client that has none, and still says that it matters', async () => {
    for (const path of [`${OPEN}/config`, `${OPEN}/history`, `${OPEN}/stream?message=hi`, '/accounts/acme/agents']) {
      const response = await send({ path });
      expect(response.status).toBe(200);
      expectUnreadable(response);
      expect(response.headers['vary']).toMatch(/\bOrigin\b/);
    }
  });
});

describe('a preflight', () => {
  const preflight = (path: string, method: string) =>
    send({
      path,
      method: 'OPTIONS',
      headers: {
        Origin: 'https://shop.example',
        'Access-Control-Request-Method': method,
        'Access-Control-Request-Headers': 'authorization, content-type, last-event-id, x-salient-session',
      },
    });

  it.each([
    [`${OPEN}/chat`, 'POST'],
    [`${OPEN}/stream`, 'POST'],
    [`${OPEN}/stream?turn=${NO_TURN}`, 'GET'],
    [`${OPEN}/history`, 'GET'],
    [`${OPEN}/config`, 'GET'],
    [`${OPEN}/turns/${NO_TURN}/stop`, 'POST'],
    [`${OPEN}/session/token`, 'POST'],
    [`${OPEN}/session/reset`, 'POST'],
    ['/accounts/acme/chat/simple_chat/open', 'POST'],
    ['/accounts/acme/agents/simple_chat/open/stream', 'POST'],
    ['/accounts/acme/agents', 'GET'],
    ['/api/session?account=acme&agent=open', 'GET'],
    [`/api/session/${NO_TURN}/usage`, 'GET'],
  ])('of %s allows %s with every header the widget sends', async (path, method) => {
    const response = await preflight(path, method);
    expect(response).toMatchObject({ status: 204, text: '' });
    expectReadableBy(response, 'https://shop.example');
    const names = (header: string) => String(response.headers[header]).toLowerCase().split(', ');
    expect(names('access-control-allow-methods')).toContain(method.toLowerCase());
    expect(names('access-control-allow-headers')).toEqual(
      expect.arrayContaining(['authorization', 'content-type', 'last-event-id', 'x-salient-session']),
    );
    expect(Number(response.headers['access-control-max-age'])).toBeGreaterThan(0);
    expect(response.headers['set-cookie']).toBeUndefined();
  });

  it('changes nothing, and for an agent that does not exist says so', async () => {
    const before = await dumpVisitorData();
    await preflight(`${OPEN}/chat`, 'POST');
    expect((await preflight('/accounts/acme/agents/nobody/chat', 'POST')).status).toBe(404);
    expect(await dumpVisitorData()).toEqual(before);
  });
});

describe('an error that a page may need to show', () => {
  it('can be read by it', async () => {
    const origin = 'https://shop.example';
    const headers = { Origin: origin, ...JSON_TYPE };
    const requests: [status: number, request: RawRequest][] = [
      [422, { path: `${OPEN}/chat`, method: 'POST', headers, body: '{"message":""}' }],
      [422, { path: `${OPEN}/chat`, method: 'POST', headers, body: '{' }],
      [413, { path: `${OPEN}/chat`, method: 'POST', headers, body: `{"message":"${'x'.repeat(1_000_000)}"}` }],
      [
        415,
        { path: `${OPEN}/chat`, method: 'POST', headers: { Origin: origin, 'Content-Type': 'text/plain' }, body: 'x' },
      ],
      [401, { path: `${OPEN}/history`, headers: { ...headers, Authorization: 'Bearer x' } }],
      [401, { path: `${OPEN}/history`, headers: { ...headers, 'X-Salient-Session': 'expected' } }],
      [404, { path: '/accounts/acme/agents/nobody/config', headers }],
      [404, { path: '/accounts/nobody/agents', headers }],
      [422, { path: '/accounts/..%2f/agents', headers }],
      [404, { path: `${OPEN}/stream?turn=${NO_TURN}`, headers }],
      [404, { path: `/api/session/${NO_TURN}/usage`, headers }],
      [422, { path: '/api/session/1/usage', headers }],
    ];
    for (const [status, request] of requests) {
      const response = await send(request);
      expect([request.path, response.status]).toEqual([request.path, status]);
      expectReadableBy(response, origin);
      expect(response.headers['access-control-expose-headers']).toContain('X-Request-ID');
    }
  });
});

describe('a request that a page makes a browser send unasked (V5)', () => {
  const changing = [
    `${OPEN}/chat`,
    `${OPEN}/stream`,
    `${OPEN}/session/reset`,
    `${OPEN}/session/token`,
    `${OPEN}/turns/${NO_TURN}/stop`,
    '/accounts/acme/chat/simple_chat/open',
    '/accounts/acme/agents/simple_chat/open/stream',
  ];
  const asking = [`${OPEN}/stream?message=hi`, '/accounts/acme/agents/simple_chat/open/stream?message=hi'];
  const forms: [type: string, body: string][] = [
    ['application/x-www-form-urlencoded', 'message=hi'],
    ['multipart/form-data; boundary=x', '--x\r\nContent-Disposition: form-data; name="message"\r\n\r\nhi\r\n--x--\r\n'],
    ['text/plain', '{"message":"hi","padding":"="}'],
  ];
  /** How a foreign page's request looks, from browsers that send `Sec-Fetch-*` and from older ones. */
  const foreign = (mode: string, destination: string): Record<string, string>[] => [
    { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': mode, 'Sec-Fetch-Dest': destination },
    { 'Sec-Fetch-Site': 'same-site', 'Sec-Fetch-Mode': mode, 'Sec-Fetch-Dest': destination },
    {},
  ];

  async function expectNothingDone(requests: RawRequest[]): Promise<void> {
    const visitor = createVisitor(server.url);
    await visitor.chat(OPEN, { message: 'mine' });
    const before = await dumpVisitorData();
    const asked = server.provider.requests.length;
    for (const request of requests) {
      const headers = { Cookie: visitor.cookie() ?? '', ...request.headers };
      const response = await send({ ...request, headers });
      const what = JSON.stringify({ ...request, headers: request.headers });
      expect([what, [403, 415].includes(response.status)]).toEqual([what, true]);
    }
    expect(await dumpVisitorData()).toEqual(before);
    expect(server.provider.requests.length).toBe(asked);
  }

  it('as a form, in any of its three encodings, does nothing', async () => {
    await expectNothingDone(
      changing.flatMap((path) =>
        forms.flatMap(([type, body]) =>
          foreign('navigate', 'document').flatMap((shape) =>
            ['https://evil.example', 'null', undefined].map((origin) => ({
              path,
              method: 'POST',
              headers: { ...shape, 'Content-Type': type, ...(origin && { Origin: origin }) },
              body,
            })),
          ),
        ),
      ),
    );
  });

  it('as a fetch without CORS does nothing, with a body or without', async () => {
    const bodies: [type: string | null, body: string][] = [...forms, [null, '']];
    await expectNothingDone(
      changing.flatMap((path) =>
        bodies.flatMap(([type, body]) =>
          foreign('no-cors', 'empty')
            .filter((shape) => 'Sec-Fetch-Site' in shape)
            .flatMap((shape) =>
              ['https://evil.example', 'null', undefined].map((origin) => ({
                path,
                method: 'POST',
                headers: { ...shape, ...(type && { 'Content-Type': type }), ...(origin && { Origin: origin }) },
                body,
              })),
            ),
        ),
      ),
    );
  });

  it('as an image, a frame, a script, a link or a page to open asks no model', async () => {
    const loads = ['image', 'script', 'style', 'audio', 'track', 'object', 'empty'].flatMap((destination) =>
      foreign('no-cors', destination),
    );
    const navigations = ['document', 'iframe', 'embed', 'frame'].flatMap((destination) =>
      foreign('navigate', destination),
    );
    await expectNothingDone(
      asking.flatMap((path) => [...loads, ...navigations].map((headers) => ({ path, method: 'GET', headers }))),
    );
  });

  it('with a cookie and nothing that shows where it comes from does nothing', async () => {
    await expectNothingDone([
      ...changing.map((path) => ({ path, method: 'POST', headers: JSON_TYPE, body: '{"message":"hi"}' })),
      ...asking.map((path) => ({ path })),
    ]);
  });

  it('is none to come back to an answer: curl may, with its cookies', async () => {
    const visitor = createVisitor(server.url);
    const { turn_id } = eventData(await visitor.stream(OPEN, { message: 'mine' }), 'turn');
    const headers = { Cookie: visitor.cookie() ?? '' };
    for (const path of [
      `${OPEN}/stream?turn=${turn_id}`,
      '/accounts/acme/agents/simple_chat/open/stream?turn=' + turn_id,
    ]) {
      expect([path, (await send({ path, headers })).status]).toEqual([path, 200]);
      const rest = await send({ path, headers: { ...headers, 'Last-Event-ID': `${turn_id}:0` } });
      expect([path, rest.status]).toEqual([path, 200]);
    }
  });

  it('and from a page that is not on the list does nothing either, whatever its shape', async () => {
    const before = await dumpVisitorData();
    for (const path of changing.map((address) => address.replace('/open', '/listed'))) {
      for (const [type, body] of [...forms, ['application/json', '{"message":"hi"}'] as const]) {
        const headers = { 'Content-Type': type, Origin: 'https://evil.example' };
        expect((await send({ path, method: 'POST', headers, body })).status).toBe(403);
      }
    }
    expect(await dumpVisitorData()).toEqual(before);
  });

  it('is told apart from what pages and people ask on purpose', async () => {
    const visitor = createVisitor(server.url);
    await visitor.history(OPEN);
    const cookie = { Cookie: visitor.cookie() ?? '' };
    const welcome: Record<string, string>[] = [
      // A script on another site, and an EventSource there.
      { ...cookie, Origin: 'https://shop.example', 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'cors' },
      // The same from a browser without Sec-Fetch.
      { ...cookie, Origin: 'https://shop.example' },
      // A page of the server itself; browsers send it no Origin with GET.
      { ...cookie, 'Sec-Fetch-Site': 'same-origin', 'Sec-Fetch-Mode': 'cors' },
      // Somebody who typed the address.
      { ...cookie, 'Sec-Fetch-Site': 'none', 'Sec-Fetch-Mode': 'navigate' },
      // curl.
      {},
    ];
    for (const headers of welcome) {
      expect((await send({ path: `${OPEN}/stream?message=hi`, headers })).status).toBe(200);
    }
  });
});
