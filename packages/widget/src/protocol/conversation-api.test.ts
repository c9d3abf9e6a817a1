import { expect, test } from 'vitest';
import { createConversationApi } from './conversation-api.ts';
import type { Call } from './create-caller.ts';
import type { TokenStore } from './token-store.ts';

function setUp(body: unknown) {
  const calls: Parameters<Call>[] = [];
  const call: Call = async (...input) => {
    calls.push(input);
    return new Response(typeof body === 'string' ? body : JSON.stringify(body));
  };
  let token: string | null = 'old';
  const tokens: TokenStore = { get: () => token, set: (value) => (token = value?.token ?? null) };
  return { api: createConversationApi(call, tokens), calls, token: () => token };
}

test('who is identified goes on with the token that comes with the answer, and without one with what there was', async () => {
  const exchanged = { token: 'new', expires_at: '2100-01-01T00:00:00Z' };
  for (const [given, after] of [
    [exchanged, 'new'],
    [null, 'old'],
  ] as const) {
    const { api, calls, token } = setUp({ verified: true, user_id: 'u', token: given });
    await api.identify({ token: 'proof' });
    expect(calls).toEqual([['/identify', { method: 'POST', body: { token: 'proof' } }]]);
    expect(token()).toBe(after);
  }
});

test('signing out drops the token', async () => {
  const { api, calls, token } = setUp({ signed_out: true });
  await api.signOut();
  expect(calls).toEqual([['/session/signout', { method: 'POST', body: {} }]]);
  expect(token()).toBeNull();
});

test.each(['<html>', '[]', '{"messages":1}', 'null'])('a history that is %s is a bad response', async (body) => {
  await expect(setUp(body).api.history({ limit: 1 })).rejects.toMatchObject({ code: 'BAD_RESPONSE' });
});
