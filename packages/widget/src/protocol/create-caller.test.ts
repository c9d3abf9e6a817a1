import { expect, test, vi } from 'vitest';
import { createCaller } from './create-caller.ts';
import type { TokenStore } from './token-store.ts';

type Answer = { status?: number; body?: object; headers?: Record<string, string> } | Error;
type Rule = (request: { path: string; headers: Headers; credentials: RequestCredentials | undefined }) => Answer;

const refused: Answer = { status: 401, body: { code: 'UNAUTHENTICATED', error: 'x', detail: 'x', request_id: 'r' } };

/** A server that is a function, and the calls it was made. */
function setUp(rule: Rule, { stored = null as string | null, isOnline = true } = {}) {
  const calls: string[] = [];
  let token = stored;
  const tokens: TokenStore = { get: () => token, set: (value) => (token = value?.token ?? null) };
  const fetch = vi.fn(async (url: unknown, init: RequestInit = {}) => {
    const path = (url as string).replace('https://api.test/a', '');
    const headers = new Headers(init.headers);
    const credential = headers.get('authorization') ?? headers.get('x-salient-session') ?? '-';
    calls.push(`${init.method} ${path} ${credential} ${init.credentials}`);
    const answer = rule({ path, headers, credentials: init.credentials });
    if (answer instanceof Error) throw answer;
    return Response.json(answer.body ?? {}, { status: answer.status ?? 200, headers: answer.headers ?? {} });
  });
  const call = createCaller({ agentUrl: 'https://api.test/a', tokens, fetch, isOnline: () => isOnline });
  return { call, calls, storedToken: () => token };
}

const token = { token: 'abc', expires_at: '2100-01-01T00:00:00Z' };

test('the cookie is used, and a session expected once one call has succeeded', async () => {
  const { call, calls } = setUp(() => ({}));
  await call('/history');
  await call('/stream', { method: 'POST', body: { message: 'hi' } });
  expect(calls).toEqual(['GET /history - include', 'POST /stream expected include']);
});

test('a blocked cookie is replaced by a token, once, for this call and all later ones', async () => {
  const { call, calls, storedToken } = setUp(({ path, headers }) => {
    if (path === '/session/token') return { body: token };
    return headers.has('x-salient-session') ? refused : {};
  });
  await call('/history');
  await Promise.all([call('/stream', { method: 'POST', body: {} }), call('/history')]);
  await call('/history');
  expect(storedToken()).toBe('abc');
  expect(calls).toEqual([
    'GET /history - include',
    'POST /stream expected include',
    'GET /history expected include',
    'POST /session/token - include',
    'POST /stream Bearer abc omit',
    'GET /history Bearer abc omit',
    'GET /history Bearer abc omit',
  ]);
});

test('a stored token is used from the start', async () => {
  const { call, calls } = setUp(() => ({}), { stored: 'abc' });
  await call('/history');
  expect(calls).toEqual(['GET /history Bearer abc omit']);
});

test('a stored token that is refused is dropped, and the call made once more', async () => {
  const { call, calls, storedToken } = setUp(({ headers }) => (headers.has('authorization') ? refused : {}), {
    stored: 'old',
  });
  await call('/history');
  expect(storedToken()).toBeNull();
  expect(calls).toEqual(['GET /history Bearer old omit', 'GET /history - include']);
});

test('a refusal of the very first call is final', async () => {
  const { call, calls } = setUp(() => refused);
  await expect(call('/history')).rejects.toMatchObject({ code: 'UNAUTHENTICATED', status: 401 });
  expect(calls).toHaveLength(1);
});

test('a token that is refused as well does not make a loop', async () => {
  const { call, calls } = setUp(({ path, headers }) => {
    if (path === '/session/token') return { body: token };
    return headers.has('x-salient-session') || headers.has('authorization') ? refused : {};
  });
  await call('/history');
  await expect(call('/history')).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  expect(calls).toHaveLength(4);
});

test('an error answer keeps its code, its sentence, when to come back and its request id', async () => {
  const body = { code: 'RATE_LIMIT_EXCEEDED', error: 'x', detail: 'Slow down.', request_id: 'r1' };
  const { call } = setUp(() => ({ status: 429, headers: { 'retry-after': '12' }, body }));
  await expect(call('/chat')).rejects.toMatchObject({
    code: 'RATE_LIMIT_EXCEEDED',
    detail: 'Slow down.',
    retryAfterSeconds: 12,
    requestId: 'r1',
  });
});

test('an error page that is not ours is read by its status', async () => {
  const { call } = setUp(() => ({ status: 503, body: [] }));
  await expect(call('/chat')).rejects.toMatchObject({ code: 'NOT_READY' });
});

test.each([
  [true, 'NETWORK'],
  [false, 'OFFLINE'],
])('no answer while online is %s is %s', async (isOnline, code) => {
  const { call } = setUp(() => new TypeError('Failed to fetch'), { isOnline });
  await expect(call('/history')).rejects.toMatchObject({ code });
});

test('a server that never answers is a timeout', async () => {
  const hang: typeof fetch = (_, init) =>
    new Promise((_resolve, reject) => init?.signal?.addEventListener('abort', () => reject(new Error('aborted'))));
  const tokens: TokenStore = { get: () => null, set: () => {} };
  const call = createCaller({ agentUrl: '', tokens, fetch: hang, isOnline: () => true });
  await expect(call('/history', { timeoutMs: 5 })).rejects.toMatchObject({ code: 'TIMEOUT' });
});

test('a token that is due is exchanged on the side, and the new one used from then on', async () => {
  const { call, calls, storedToken } = setUp(
    ({ path, headers }) => {
      if (path === '/session/token') return { body: token };
      return headers.get('authorization') === 'Bearer old' ? { headers: { 'X-Salient-Session': 'rotate' } } : {};
    },
    { stored: 'old' },
  );
  await Promise.all([call('/history'), call('/history')]);
  await vi.waitFor(() => expect(storedToken()).toBe('abc'));
  await call('/history');
  expect(calls).toEqual([
    'GET /history Bearer old omit',
    'GET /history Bearer old omit',
    'POST /session/token Bearer old omit',
    'GET /history Bearer abc omit',
  ]);
});

test('an exchange that fails is no trouble: the old token goes on working', async () => {
  const { call, storedToken } = setUp(
    ({ path }) => (path === '/session/token' ? { status: 503 } : { headers: { 'X-Salient-Session': 'rotate' } }),
    { stored: 'old' },
  );
  await call('/history');
  await call('/history');
  expect(storedToken()).toBe('old');
});

test('a call whose cookie was just replaced is made once more, with the new cookie and not with a token', async () => {
  let isReplaced = false;
  const { call, calls } = setUp(() => {
    if (isReplaced) return {};
    isReplaced = true;
    return { ...refused, headers: { 'X-Salient-Session': 'renewed' } };
  });
  await call('/history');
  expect(calls).toEqual(['GET /history - include', 'GET /history - include']);
});

test('where the cookie does not stay, the visitor of the token is told who they are as well', async () => {
  const { call, calls, storedToken } = setUp(({ path, headers }) => {
    if (path === '/session/token') return { body: token };
    if (path === '/identify' && headers.has('authorization')) return { body: { token: { ...token, token: 'known' } } };
    return headers.has('x-salient-session') ? refused : {};
  });
  await call('/identify', { method: 'POST', body: { token: 'proof' } });
  await call('/history');
  expect(storedToken()).toBe('known');
  expect(calls).toEqual([
    'POST /identify - include',
    'GET /history expected include',
    'POST /session/token - include',
    'POST /identify Bearer abc omit',
    'GET /history Bearer known omit',
  ]);
});

test('nobody is told who they were before they signed out', async () => {
  const { call, calls } = setUp(({ path, headers }) => {
    if (path === '/session/token') return { body: token };
    return headers.has('x-salient-session') && path === '/history' ? refused : {};
  });
  await call('/identify', { method: 'POST', body: { token: 'proof' } });
  await call('/session/signout', { method: 'POST', body: {} });
  await call('/history');
  expect(calls.filter((line) => line.includes('/identify'))).toHaveLength(1);
});
