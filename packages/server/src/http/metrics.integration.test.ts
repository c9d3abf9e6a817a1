import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../../test/start-test-server.ts';
import { createVisitor } from '../../test/visitor.ts';

const A = '/accounts/acme/agents/helper';
const TOKEN = 'a-token-for-the-metrics';

let server: TestServer;
let guarded: TestServer;

beforeAll(async () => {
  server = await startTestServer();
  guarded = await startTestServer({ environment: { SALIENT_METRICS_TOKEN: TOKEN } });
});

afterAll(async () => {
  await server.stop();
  await guarded.stop();
});

describe('/metrics (A8)', () => {
  it('counts requests by route, and calls, tokens and cost by agent, without a word of what was said', async () => {
    await createVisitor(server.url).chat(A, { message: 'canary-of-a-message' });
    const response = await fetch(`${server.url}/metrics`);
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    const text = await response.text();
    expect(text).toContain(
      'salient_http_request_duration_seconds_count{method="POST",route="/accounts/:account/agents/:agent/chat",status="200"} 1',
    );
    const agent = 'account="acme",agent="helper",provider="openai_compatible"';
    expect(text).toContain(`salient_model_calls_total{${agent},status="complete"} 1`);
    const [row] = await server.ledger('acme');
    expect(text).toContain(`salient_model_tokens_total{${agent},kind="prompt"} ${row?.promptTokens}`);
    expect(text).toContain(`salient_model_unpriced_calls_total{${agent}} 1`);
    expect(text).toContain('salient_live_turns 0');
    expect(text).not.toContain('canary');
  });

  it('is for those who have the token, where there is one', async () => {
    const read = (authorization: string) =>
      fetch(`${guarded.url}/metrics`, { headers: authorization ? { Authorization: authorization } : {} });
    expect((await read('')).status).toBe(401);
    expect((await read('Bearer another-token-entirely')).status).toBe(401);
    expect((await read(`Basic ${TOKEN}`)).status).toBe(401);
    expect((await read(`Bearer ${TOKEN}`)).status).toBe(200);
  });

  it('is for this machine alone in production, as long as there is no token', async () => {
    const production = await startTestServer({
      environment: { NODE_ENV: 'production', SALIENT_SECRET: 'x'.repeat(32), SALIENT_METRICS_TOKEN: '' },
    });
    try {
      expect((await fetch(`${production.url}/metrics`)).status).toBe(200);
      const forwarded = await fetch(`${production.url}/metrics`, { headers: { 'X-Forwarded-For': '203.0.113.7' } });
      expect(forwarded.status).toBe(401);
    } finally {
      await production.stop();
    }
  });
});
