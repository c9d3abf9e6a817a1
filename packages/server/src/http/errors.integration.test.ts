import { gzipSync } from 'node:zlib';
import { ERROR_STATUS, type ErrorBody, type ErrorCode } from '@salient/shared-types';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answer, httpError } from '../../test/fake-provider-replies.ts';
import { queryAsOwnerOf } from '../../test/owner-access.ts';
import { sendBytes } from '../../test/send-bytes.ts';
import { sendRaw, type RawRequest, type RawResponse } from '../../test/send-raw.ts';
import { startTestServer, type TestServer } from '../../test/start-test-server.ts';
import { createVisitor } from '../../test/visitor.ts';

const A = '/accounts/acme/agents/helper';
const JSON_TYPE = { 'Content-Type': 'application/json' };
/** Addresses that take a message. */
const SENDING = [
  `${A}/chat`,
  `${A}/stream`,
  '/chat',
  '/accounts/acme/chat/simple_chat/helper',
  '/accounts/acme/agents/simple_chat/helper/stream',
];

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer({
    agents: [
      { account: 'acme', agent: 'helper' },
      { account: 'acme', agent: 'paused' },
      { account: 'acme', agent: 'broken' },
      { account: 'closed', agent: 'helper' },
      { account: 'default_account', agent: 'first' },
    ],
  });
  const { database } = server.running;
  await queryAsOwnerOf(database, `UPDATE agent_instances SET status = 'paused' WHERE instance_slug = 'paused'`);
  await queryAsOwnerOf(database, `UPDATE accounts SET status = 'suspended' WHERE slug = 'closed'`);
  await server.writeAgent({ account: 'acme', agent: 'broken', config: { canary_key: 'canary-value' } });
});

afterAll(() => server.stop());

const send = (request: RawRequest) => sendRaw(server.url, request);

const post = (path: string, body: string | Buffer, headers: Record<string, string> = JSON_TYPE) =>
  send({ method: 'POST', path, body, headers });

/** The whole contract of an error: status, exactly four fields, the request's id in both places, nothing else. */
function expectError(response: RawResponse, code: ErrorCode): ErrorBody {
  expect([response.status, response.text]).toEqual([ERROR_STATUS[code], expect.stringContaining(code)]);
  expect(response.headers).toMatchObject({
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  const body = JSON.parse(response.text) as ErrorBody;
  expect(Object.keys(body)).toEqual(['error', 'detail', 'code', 'request_id']);
  expect(body.request_id).toMatch(/^[0-9a-f-]{36}$/);
  expect(response.headers['x-request-id']).toBe(body.request_id);
  expect(body.detail).toMatch(/^\S.{5,200}[.!]$/);
  expect(response.text).not.toMatch(
    /node_modules|\bat .*:\d|\.ts\b|\.js\b|\.yaml|SELECT|prisma|postgres|pglite|canary|\/src\//i,
  );
  return body;
}

/** What stays the same whichever request it was. */
function withoutId({ request_id: _, ...body }: ErrorBody): Omit<ErrorBody, 'request_id'> {
  return body;
}

describe('a body that is not a message (L4, L5)', () => {
  const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;
  const deepContext = (depth: number) => `{"message":"hi","context":{"a":${nested(depth)}}}`;
  const bodies: [name: string, body: string | Buffer, detail: RegExp][] = [
    ['nothing', '', /^message: is required/],
    ['white space', ' \n ', /^body: /],
    ['no JSON', 'message=hi', /^body: is not a valid JSON object/],
    ['half JSON', '{"message":"hi"', /^body: is not a valid JSON object/],
    ['JSON and more', '{"message":"hi"} {"message":"ho"}', /^body: is not a valid JSON object/],
    ['a comment', '{"message":"hi" /* ho */}', /^body: is not a valid JSON object/],
    ['single quotes', "{'message':'hi'}", /^body: is not a valid JSON object/],
    ['a byte order mark alone', '\u{feff}', /^message: is required/],
    ['NaN', '{"message":NaN}', /^body: is not a valid JSON object/],
    ['a raw line end in a string', '{"message":"a\nb"}', /^body: is not a valid JSON object/],
    ['a string', '"hi"', /^body: is not a valid JSON object/],
    ['a number', '42', /^body: is not a valid JSON object/],
    ['null', 'null', /^body: is not a valid JSON object/],
    ['true', 'true', /^body: is not a valid JSON object/],
    ['an array', '[{"message":"hi"}]', /^body: /],
    ['an empty array', '[]', /^body: /],
    ['an array 60,000 deep', nested(60_000), /^body: is nested too deeply/],
    ['bytes that are not UTF-8', Buffer.from('{"message":"caf\xe9"}', 'latin1'), /^body: is not valid UTF-8/],
    ['UTF-16', Buffer.from('{"message":"hi"}', 'utf16le'), /^body: /],
    ['no message', '{}', /^message: is required/],
    ['a message of another name', '{"Message":"hi","text":"ho"}', /^message: is required/],
    ['a message only in the prototype', '{"__proto__":{"message":"hi"}}', /^message: is required/],
    ['a message in constructor.prototype', '{"constructor":{"prototype":{"message":"hi"}}}', /^message: is required/],
    ['null as message', '{"message":null}', /^message: must be text/],
    ['a number as message', '{"message":1}', /^message: must be text/],
    ['an array as message', '{"message":["hi"]}', /^message: must be text/],
    ['an object as message', '{"message":{"toString":"hi"}}', /^message: must be text/],
    ['an empty message', '{"message":""}', /^message: must not be empty/],
    ['a blank message', JSON.stringify({ message: ' \t\r\n\u{a0}\u{3000}\u{feff}' }), /^message: must not be empty/],
    ['only NUL', String.raw`{"message":"\u0000\u0000"}`, /^message: must not be empty/],
    ['2,001 characters', JSON.stringify({ message: 'x'.repeat(2001) }), /^message: must be at most 2000 characters/],
    ['2,001 emoji', JSON.stringify({ message: '😀'.repeat(2001) }), /^message: must be at most 2000 characters/],
    ['half an emoji', String.raw`{"message":"hi \ud83d"}`, /^message: contains half of a surrogate pair/],
    ['its other half', String.raw`{"message":"\ude00 hi"}`, /^message: contains half of a surrogate pair/],
    ['the halves swapped', String.raw`{"message":"\ude00\ud83d"}`, /^message: contains half of a surrogate pair/],
    ['two messages, the last one empty', '{"message":"hi","message":""}', /^message: must not be empty/],
    ['an empty client_message_id', '{"message":"hi","client_message_id":""}', /^client_message_id: /],
    ['a number as client_message_id', '{"message":"hi","client_message_id":1}', /^client_message_id: /],
    ['null as client_message_id', '{"message":"hi","client_message_id":null}', /^client_message_id: /],
    ['a client_message_id with a space', '{"message":"hi","client_message_id":"a b"}', /^client_message_id: /],
    [
      'a client_message_id with a line end',
      String.raw`{"message":"hi","client_message_id":"a\n"}`,
      /^client_message_id: /,
    ],
    [
      'a client_message_id with NUL',
      String.raw`{"message":"hi","client_message_id":"a\u0000"}`,
      /^client_message_id: /,
    ],
    [
      'a client_message_id too long',
      `{"message":"hi","client_message_id":"${'a'.repeat(129)}"}`,
      /^client_message_id: /,
    ],
    ['replaces that is no id', '{"message":"hi","replaces":"1; DROP TABLE messages"}', /^replaces: /],
    ['a number as replaces', '{"message":"hi","replaces":7}', /^replaces: /],
    ['replaces of nothing', '{"message":"hi","replaces":"00000000-0000-4000-8000-000000000000"}', /^replaces: /],
    ['a string as context', '{"message":"hi","context":"page"}', /^context: must be an object/],
    ['an array as context', '{"message":"hi","context":[]}', /^context: must be an object/],
    ['null as context', '{"message":"hi","context":null}', /^context: must be an object/],
    [
      'a context of more than 2 KB',
      JSON.stringify({ message: 'hi', context: { a: 'é'.repeat(1100) } }),
      /^context: must be at most 2 KB/,
    ],
    ['a context 2,000 deep', deepContext(2000), /^body: is nested too deeply/],
    ['a context 60,000 deep', deepContext(60_000), /^body: is nested too deeply/],
  ];

  it.each(bodies)('%s is refused at every address that takes one', async (_name, body, detail) => {
    for (const path of SENDING) {
      expect(expectError(await post(path, body), 'VALIDATION_ERROR').detail, path).toMatch(detail);
    }
  });

  it('of 1 MB is too large, announced, chunked or unpacked', async () => {
    const large = JSON.stringify({ message: 'hi', padding: 'x'.repeat(1024 * 1024) });
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024, ' '));
    for (const path of SENDING) {
      expectError(await post(path, large), 'PAYLOAD_TOO_LARGE');
      expectError(await post(path, large, { ...JSON_TYPE, 'Transfer-Encoding': 'chunked' }), 'PAYLOAD_TOO_LARGE');
      expectError(await post(path, bomb, { ...JSON_TYPE, 'Content-Encoding': 'gzip' }), 'PAYLOAD_TOO_LARGE');
    }
  });

  it.each([
    ['application/x-www-form-urlencoded', 'message=hi'],
    ['multipart/form-data; boundary=x', '--x\r\nContent-Disposition: form-data; name="message"\r\n\r\nhi\r\n--x--\r\n'],
    ['text/plain', '{"message":"hi"}'],
    ['text/plain; charset=application/json', '{"message":"hi"}'],
    ['text/html', '{"message":"hi"}'],
    ['application/jsonp', '{"message":"hi"}'],
    ['application/ld+json', '{"message":"hi"}'],
    ['application/xml', '<message>hi</message>'],
    ['application/json, text/plain', '{"message":"hi"}'],
    ['*/*', '{"message":"hi"}'],
    ['json', '{"message":"hi"}'],
    ['', '{"message":"hi"}'],
    ['application/json; charset=iso-8859-1', '{"message":"hi"}'],
    ['application/json; charset=utf-7', '{"message":"hi"}'],
    ['application/json; charset="utf-16"', Buffer.from('{"message":"hi"}', 'utf16le')],
    ['application/json; charset=utf-32', '{"message":"hi"}'],
    ['application/json; charset=nonsense', '{"message":"hi"}'],
  ])('sent as %s is an unsupported media type', async (type, body) => {
    for (const path of SENDING) expectError(await post(path, body, { 'Content-Type': type }), 'UNSUPPORTED_MEDIA_TYPE');
  });

  it('without a type, or packed in an unknown way, is an unsupported media type', async () => {
    for (const path of SENDING) {
      expectError(await post(path, '{"message":"hi"}', {}), 'UNSUPPORTED_MEDIA_TYPE');
      const packed = await post(path, '{"message":"hi"}', { ...JSON_TYPE, 'Content-Encoding': 'compress' });
      expectError(packed, 'UNSUPPORTED_MEDIA_TYPE');
    }
  });

  it('that claims to be packed and is not cannot be read', async () => {
    const response = await post(`${A}/chat`, '{"message":"hi"}', { ...JSON_TYPE, 'Content-Encoding': 'gzip' });
    expectError(response, 'VALIDATION_ERROR');
  });
});

describe('a body that is a message', () => {
  it.each([
    ['2,000 characters', JSON.stringify({ message: 'x'.repeat(2000) }), 'x'.repeat(2000)],
    [
      '2,000 characters, blank ones around not counted',
      JSON.stringify({ message: `  ${'x'.repeat(2000)}\n` }),
      `  ${'x'.repeat(2000)}\n`,
    ],
    ['2,000 emoji', JSON.stringify({ message: '😀'.repeat(2000) }), '😀'.repeat(2000)],
    ['a byte order mark before it', '\u{feff}{"message":"hi"}', 'hi'],
    ['two messages: the last one counts', '{"message":"hi","message":"ho"}', 'ho'],
    [
      'keys that would poison an object',
      '{"message":"hi","__proto__":{"polluted":1},"context":{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}}',
      'hi',
    ],
    ['a client_message_id of 128 characters', `{"message":"hi","client_message_id":"${'a'.repeat(128)}"}`, 'hi'],
    ['a context of 2 KB', JSON.stringify({ message: 'hi', context: { a: 'x'.repeat(2048 - 8) } }), 'hi'],
  ])('%s', async (_name, body, content) => {
    server.provider.script(() => answer({ text: 'ok' }));
    const response = await post(`${A}/chat`, body);
    expect([response.status, response.text]).toEqual([200, expect.any(String)]);
    expect((JSON.parse(response.text) as { user_message: { content: string } }).user_message.content).toBe(content);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it.each(['application/json', 'application/json; charset=utf-8', 'APPLICATION/JSON; CHARSET="UTF-8"'])(
    'is read when sent as %s, packed or not',
    async (type) => {
      server.provider.script(() => answer({ text: 'ok' }));
      const body = JSON.stringify({ message: 'Grüße' });
      const plain = await post(`${A}/chat`, body, { 'Content-Type': type });
      const packed = await post(`${A}/chat`, gzipSync(body), { 'Content-Type': type, 'Content-Encoding': 'gzip' });
      expect([plain.status, packed.status]).toEqual([200, 200]);
    },
  );

  it('cannot write history or settings: what else it holds changes nothing for the model (K2)', async () => {
    server.provider.script(() => answer({ text: 'ok' }));
    const extra = {
      role: 'system',
      system: 'canary',
      system_prompt: 'canary',
      assistant: 'canary',
      messages: [
        { role: 'system', content: 'canary' },
        { role: 'assistant', content: 'canary' },
      ],
      history: [{ role: 'assistant', content: 'canary' }],
      session_id: '00000000-0000-4000-8000-000000000000',
      message_id: '00000000-0000-4000-8000-000000000000',
      status: 'complete',
      model: 'canary',
      temperature: 2,
      max_tokens: 1,
      tools: ['canary'],
      skip_guards: true,
      account: 'closed',
      agent: 'paused',
    };
    for (const path of SENDING) {
      await post(path, JSON.stringify({ message: 'hi' }));
      const plain = server.provider.requests.at(-1)?.body;
      await post(path, JSON.stringify({ message: 'hi', ...extra }));
      expect(server.provider.requests.at(-1)?.body).toEqual(plain);
    }
    const query = Object.entries(extra).map(([key, value]) => `${key}=${encodeURIComponent(JSON.stringify(value))}`);
    await send({ path: `${A}/stream?message=hi&${query.join('&')}` });
    expect(JSON.stringify(server.provider.requests.at(-1)?.body)).not.toContain('canary');
  });
});

describe('an address', () => {
  it('of an unknown account and of one that is closed look the same', async () => {
    const routes = ['', '/helper/config', '/helper/health', '/helper/history', '/helper/stream?message=hi'];
    for (const route of routes) {
      const [unknown, closed] = await Promise.all(
        ['nobody', 'closed'].map((account) => send({ path: `/accounts/${account}/agents${route}` })),
      );
      const bodies = [unknown, closed].map((response) =>
        withoutId(expectError(response as RawResponse, 'ACCOUNT_NOT_FOUND')),
      );
      expect(bodies[0]).toEqual(bodies[1]);
    }
  });

  it('of an unknown agent, a paused one and one of another type look the same', async () => {
    const body = '{"message":"hi"}';
    const answers = await Promise.all([
      ...['nobody', 'paused', 'HELPER'].flatMap((agent) => [
        send({ path: `/accounts/acme/agents/${agent}/config` }),
        send({ path: `/accounts/acme/agents/${agent}/health` }),
        send({ path: `/accounts/acme/agents/${agent}/history` }),
        send({ path: `/accounts/acme/agents/${agent}/stream?message=hi` }),
        send({ path: `/api/session?account=acme&agent=${agent}` }),
        post(`/accounts/acme/agents/${agent}/chat`, body),
        post(`/accounts/acme/agents/${agent}/stream`, body),
        post(`/accounts/acme/agents/${agent}/session/token`, ''),
        post(`/accounts/acme/agents/${agent}/session/reset`, ''),
        post(`/accounts/acme/agents/${agent}/turns/00000000-0000-4000-8000-000000000000/stop`, ''),
        post(`/accounts/acme/chat/simple_chat/${agent}`, body),
        post(`/accounts/acme/agents/simple_chat/${agent}/stream`, body),
      ]),
      post('/accounts/acme/chat/sales/helper', body),
      post('/accounts/acme/chat/nonsense/helper', body),
      post('/accounts/acme/agents/rag/helper/stream', body),
      send({ path: '/accounts/acme/agents/rag/helper/stream?message=hi' }),
    ]);
    const bodies = answers.map((response) => withoutId(expectError(response, 'AGENT_NOT_FOUND')));
    expect(bodies).toEqual(bodies.map(() => bodies[0]));
  });

  it.each([
    '..',
    '%2e%2e',
    '..%2f..%2fetc',
    '%252e%252e%252f',
    '..%5c..',
    '%00',
    'acme%00',
    'acme%0a',
    'a+b',
    '%20acme',
    'acme%27--',
    '%D0%B0cme',
    '%F0%9F%98%80',
    '-acme',
    '.hidden',
    'acme.yaml',
    'a'.repeat(65),
    'a'.repeat(4000),
    '__proto__',
  ])('with the name %s is refused before anything is looked up', async (slug) => {
    const body = '{"message":"hi"}';
    const responses = await Promise.all([
      send({ path: `/accounts/${slug}/agents` }),
      send({ path: `/accounts/${slug}/agents/helper/config` }),
      send({ path: `/accounts/acme/agents/${slug}/config` }),
      send({ path: `/accounts/acme/agents/${slug}/history` }),
      send({ path: `/accounts/acme/agents/${slug}/stream?message=hi` }),
      send({ path: `/api/session?account=${slug}&agent=helper` }),
      send({ path: `/api/session?account=acme&agent=${slug}` }),
      post(`/accounts/acme/agents/${slug}/chat`, body),
      post(`/accounts/${slug}/agents/helper/stream`, body),
      post(`/accounts/acme/chat/${slug}/helper`, body),
      post(`/accounts/acme/chat/simple_chat/${slug}`, body),
    ]);
    for (const response of responses) {
      const { detail } = expectError(response, 'VALIDATION_ERROR');
      expect(detail).toMatch(/^(account|agent|agent_type): must be 1 to 64 letters, digits, - or _\.$/);
    }
  });

  it.each(['%', '%zz', '%c3%28', '%ff', '%ed%a0%80', 'acme%'])(
    'with the broken encoding %s is refused',
    async (slug) => {
      const responses = await Promise.all([
        send({ path: `/accounts/${slug}/agents` }),
        send({ path: `/accounts/acme/agents/${slug}/history` }),
        post(`/accounts/acme/agents/${slug}/chat`, '{"message":"hi"}'),
        send({ path: `/api/session/${slug}/usage` }),
      ]);
      for (const response of responses) {
        expect(expectError(response, 'VALIDATION_ERROR').detail).toBe('path: is not valid percent-encoded UTF-8.');
      }
    },
  );

  it.each([
    '/nope',
    '/account',
    '/accounts/acme/nope',
    '/accounts/acme/agents/helper',
    '/accounts/acme/agents/helper/',
    '/accounts/acme/agents/helper/nope',
    '/accounts/acme/agents/helper/config/more',
    '/accounts/../../etc/passwd',
    '/../../etc/passwd',
    '/..%2f..%2fetc%2fpasswd',
    '/%2e%2e/%2e%2e/package.json',
    '/%00',
    '/chat-widget.js%00.html',
    '//evil.example/chat',
    '/api',
    '/.env',
    '/config/app.yaml',
  ])('%s that nobody serves is not found, with any method', async (path) => {
    expectError(await send({ path }), 'NOT_FOUND');
    expectError(await post(path, '{}'), 'NOT_FOUND');
    expectError(await send({ path, method: 'DELETE' }), 'NOT_FOUND');
  });

  it.each([
    ['/health', 'GET, HEAD, OPTIONS'],
    ['/ready', 'GET, HEAD, OPTIONS'],
    ['/accounts/acme/agents', 'GET, HEAD, OPTIONS'],
    [`${A}/config`, 'GET, HEAD, OPTIONS'],
    [`${A}/health`, 'GET, HEAD, OPTIONS'],
    [`${A}/chat`, 'POST, OPTIONS'],
    [`${A}/stream`, 'GET, POST, OPTIONS'],
    [`${A}/history`, 'GET, HEAD, OPTIONS'],
    [`${A}/turns/00000000-0000-4000-8000-000000000000/stop`, 'POST, OPTIONS'],
    [`${A}/session/token`, 'POST, OPTIONS'],
    [`${A}/session/reset`, 'POST, OPTIONS'],
    ['/api/session', 'GET, HEAD, OPTIONS'],
    ['/api/session/00000000-0000-4000-8000-000000000000/usage', 'GET, HEAD, OPTIONS'],
    ['/chat', 'POST, OPTIONS'],
    ['/events/stream', 'GET, OPTIONS'],
    ['/accounts/acme/chat/simple_chat/helper', 'POST, OPTIONS'],
    ['/accounts/acme/agents/simple_chat/helper/stream', 'GET, POST, OPTIONS'],
  ])('%s takes %s and says so to every other method', async (path, allow) => {
    const allowed = allow.split(', ');
    for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'TRACE', 'PROPFIND']) {
      if (allowed.includes(method)) continue;
      const response = await send({ path: `${path}?message=hi`, method });
      expect([method, response.status, response.headers['allow']]).toEqual([method, 405, allow]);
      // HEAD has the headers of the error and no body.
      if (method === 'HEAD')
        expect(response).toMatchObject({ text: '', headers: { 'x-request-id': expect.any(String) } });
      else expectError(response, 'METHOD_NOT_ALLOWED');
    }
  });
});

describe('a query', () => {
  const turn = '00000000-0000-4000-8000-000000000000';
  it.each([
    [`${A}/stream`, /^message: /],
    [`${A}/stream?message=`, /^message: must not be empty/],
    [`${A}/stream?message=%20%00`, /^message: must not be empty/],
    [`${A}/stream?message=a&message=b`, /^message: must be text/],
    [`${A}/stream?message[]=a`, /^message: /],
    [`${A}/stream?message[toString]=a`, /^message: /],
    [`${A}/stream?__proto__[message]=a&constructor=b`, /^message: /],
    [`${A}/stream?message=${'x'.repeat(2001)}`, /^message: must be at most 2000 characters/],
    [`${A}/stream?message=hi&turn=${turn}`, /^message: give either message or turn/],
    [`${A}/stream?turn=`, /^turn: /],
    [`${A}/stream?turn=1`, /^turn: /],
    [`${A}/stream?turn=${turn}&turn=${turn}`, /^turn: /],
    [`${A}/stream?turn=${turn.slice(1)}%00`, /^turn: /],
    [`${A}/stream?message=hi&client_message_id=`, /^client_message_id: /],
    [`${A}/stream?message=hi&client_message_id=a&client_message_id=b`, /^client_message_id: /],
    ['/events/stream?message=', /^message: /],
    ['/accounts/acme/agents/simple_chat/helper/stream?message=', /^message: /],
    [`${A}/history?limit=0`, /^limit: /],
    [`${A}/history?limit=-1`, /^limit: /],
    [`${A}/history?limit=1.5`, /^limit: /],
    [`${A}/history?limit=abc`, /^limit: must be a whole number from 1 to 200/],
    [`${A}/history?limit=`, /^limit: /],
    [`${A}/history?limit=9999`, /^limit: /],
    [`${A}/history?limit=NaN`, /^limit: /],
    [`${A}/history?limit=Infinity`, /^limit: /],
    [`${A}/history?limit=1&limit=2`, /^limit: /],
    [`${A}/history?before=1`, /^before: must be a next_cursor/],
    [`${A}/history?before=`, /^before: must be a next_cursor/],
    [`${A}/history?before=${turn}&before=${turn}`, /^before: /],
    ['/api/session?account=acme', /^agent: is required/],
    ['/api/session?agent=helper', /^account: is required/],
    ['/api/session?account=acme&account=acme&agent=helper', /^account: /],
    ['/api/session?account=&agent=', /^account: /],
    ['/api/session/1/usage', /^session_id: /],
    [`/api/session/${turn}%00/usage`, /^session_id: /],
    [`/api/session/${'a'.repeat(3000)}/usage`, /^session_id: /],
  ])('%s is refused by the name of the field', async (path, detail) => {
    expect(expectError(await send({ path }), 'VALIDATION_ERROR').detail).toMatch(detail);
  });

  it('with broken encoding is read as a browser reads it, and never fails on our side', async () => {
    server.provider.script(() => answer({ text: 'ok' }));
    for (const message of ['%', '%zz', '%ff', '%ed%a0%80', 'a%']) {
      const response = await send({ path: `${A}/stream?message=${message}` });
      expect(response.status).toBe(200);
    }
    expectError(await send({ path: `${A}/history?limit=%ff` }), 'VALIDATION_ERROR');
  });

  it.each(['1', 'x', '%00', '00000000-0000-4000-8000-00000000000g', '..%2f'])(
    'and a path with the id %s to stop is refused',
    async (id) => {
      const { detail } = expectError(await post(`${A}/turns/${id}/stop`, '{}'), 'VALIDATION_ERROR');
      expect(detail).toMatch(/^turn_id: /);
    },
  );
});

describe('headers', () => {
  it.each([
    'Bearer',
    'Bearer ',
    'Bearer x',
    `Bearer st_${'a'.repeat(43)}`,
    `Bearer st_${'a'.repeat(43)} st_${'b'.repeat(43)}`,
    'Basic YTpi',
    'Bearer null',
    'Bearer ../../etc/passwd',
    `Bearer ${'x'.repeat(8000)}`,
    'garbage',
  ])('with the credential %s are refused wherever a visitor is needed', async (authorization) => {
    const headers = { ...JSON_TYPE, Authorization: authorization };
    const responses = await Promise.all([
      send({ path: `${A}/history`, headers }),
      send({ path: `${A}/stream?message=hi`, headers }),
      send({ path: '/api/session?account=acme&agent=helper', headers }),
      post(`${A}/chat`, '{"message":"hi"}', headers),
      post(`${A}/stream`, '{"message":"hi"}', headers),
      post(`${A}/session/token`, '', headers),
      post(`${A}/session/reset`, '', headers),
    ]);
    const bodies = responses.map((response) => withoutId(expectError(response, 'UNAUTHENTICATED')));
    expect(bodies).toEqual(bodies.map(() => bodies[0]));
  });

  it.each(['salient_session=', 'salient_session=%zz', 'salient_session=../../etc', ';;;=;', `a=${'x'.repeat(10_000)}`])(
    'with the cookie %s are those of a newcomer',
    async (cookie) => {
      const response = await send({ path: `${A}/history`, headers: { Cookie: cookie } });
      expect(response.status).toBe(200);
      expect(JSON.parse(response.text)).toMatchObject({ session_id: null, messages: [] });
      expect(response.headers['set-cookie']).toHaveLength(1);
    },
  );

  it('larger than any browser sends are refused before they are read', async () => {
    const response = await send({ path: `${A}/history`, headers: { 'X-Large': 'x'.repeat(100_000) } });
    expect(response.status).toBe(413);
    expect(JSON.parse(response.text)).toMatchObject({ code: 'PAYLOAD_TOO_LARGE' });
  });

  it('must name its host, and may expect anything', async () => {
    const request = 'GET /health HTTP/1.1\r\nConnection: close\r\n';
    const [head = '', body = ''] = (await sendBytes(server.url, `${request}\r\n`)).split('\r\n\r\n');
    expect(head).toMatch(/^HTTP\/1\.1 422 /);
    const refusal = JSON.parse(body) as ErrorBody;
    expect(refusal).toMatchObject({ code: 'VALIDATION_ERROR', detail: 'Host: is missing.' });
    expect(head).toContain(`X-Request-ID: ${refusal.request_id}`);
    const expecting = await sendBytes(server.url, `${request}Host: x\r\nExpect: the-best\r\n\r\n`);
    expect(expecting).toMatch(/^HTTP\/1\.1 200 /);
  });

  it('cannot choose the id of the request, or anything in its log line', async () => {
    const response = await send({ path: '/nope', headers: { 'X-Request-ID': 'canary', 'User-Agent': 'canary' } });
    expectError(response, 'NOT_FOUND');
    expect(server.logs()).not.toContain('canary');
  });
});

describe('the whole body of an error', () => {
  it('is written for the person who reads it', async () => {
    server.provider.script(() => httpError(401));
    const visitor = createVisitor(server.url);
    const unanswered = await visitor.post(`${A}/chat`, { message: 'hi' });
    const responses: RawResponse[] = [
      await post(`${A}/chat`, '{"message":""}'),
      await post(`${A}/chat`, '{'),
      await post(`${A}/chat`, 'message=hi', { 'Content-Type': 'text/plain' }),
      await send({ path: '/accounts/nobody/agents' }),
      await send({ path: '/accounts/acme/agents/nobody/config' }),
      await send({ path: '/accounts/acme/agents/broken/config' }),
      await send({ path: `${A}/config`, method: 'DELETE' }),
      await send({ path: `${A}/history`, headers: { Authorization: 'Bearer x' } }),
      await send({ path: `${A}/history`, headers: { 'X-Salient-Session': 'expected' } }),
      await send({ path: '/nope' }),
    ];
    const bodies = responses.map(({ text }) => withoutId(JSON.parse(text) as ErrorBody));
    expect([...bodies, withoutId((await unanswered.json()) as ErrorBody)]).toMatchInlineSnapshot(`
      [
        {
          "code": "VALIDATION_ERROR",
          "detail": "message: must not be empty.",
          "error": "Invalid request",
        },
        {
          "code": "VALIDATION_ERROR",
          "detail": "body: is not a valid JSON object.",
          "error": "Invalid request",
        },
        {
          "code": "UNSUPPORTED_MEDIA_TYPE",
          "detail": "Send the body as application/json in UTF-8.",
          "error": "Unsupported media type",
        },
        {
          "code": "ACCOUNT_NOT_FOUND",
          "detail": "There is no such account. Check the account name in the address.",
          "error": "Account not found",
        },
        {
          "code": "AGENT_NOT_FOUND",
          "detail": "There is no such agent. Check the agent name in the address.",
          "error": "Agent not found",
        },
        {
          "code": "AGENT_MISCONFIGURED",
          "detail": "This agent is not set up correctly. Its owner has been told why.",
          "error": "Agent misconfigured",
        },
        {
          "code": "METHOD_NOT_ALLOWED",
          "detail": "This address takes GET, HEAD, OPTIONS.",
          "error": "Method not allowed",
        },
        {
          "code": "UNAUTHENTICATED",
          "detail": "This session token is not valid here or has expired. Ask for a new one.",
          "error": "Not authenticated",
        },
        {
          "code": "UNAUTHENTICATED",
          "detail": "The session cookie did not come back. Ask for a session token instead.",
          "error": "Not authenticated",
        },
        {
          "code": "NOT_FOUND",
          "detail": "There is nothing at this address.",
          "error": "Not found",
        },
        {
          "code": "UPSTREAM_ERROR",
          "detail": "The model could not answer just now. Try again in a moment.",
          "error": "The model provider failed",
        },
      ]
    `);
  });

  it('of an agent that is not set up leaves the reason to the log', async () => {
    const { request_id } = expectError(
      await post('/accounts/acme/agents/broken/chat', '{"message":"hi"}'),
      'AGENT_MISCONFIGURED',
    );
    const line = server
      .logs()
      .split('\n')
      .find((text) => text.includes(request_id) && text.includes('request failed'));
    expect(line).toMatch(/config\.yaml:\d+: canary_key: unknown key/);
  });
});
