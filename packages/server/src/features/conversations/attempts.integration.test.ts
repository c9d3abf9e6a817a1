import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ErrorBody, SessionUsage } from '@salient/shared-types';
import type { Reply } from '../../../test/fake-provider.ts';
import { answer, FAULTS, httpError } from '../../../test/fake-provider-replies.ts';
import { startFakeProvider, type FakeProvider } from '../../../test/fake-provider.ts';
import { holdReply } from '../../../test/held-reply.ts';
import { startTestServer, type TestServer } from '../../../test/start-test-server.ts';
import { createVisitor, eventData, joinText, type Visitor } from '../../../test/visitor.ts';

const HELPER = '/accounts/acme/agents/helper';
const ALONE = '/accounts/acme/agents/alone';

let backup: FakeProvider;
let server: TestServer;

beforeAll(async () => {
  backup = await startFakeProvider();
  server = await startTestServer({
    agents: [
      {
        account: 'acme',
        agent: 'helper',
        llm: { model: 'main', fallbacks: [{ inference_provider: 'openai', model: 'gpt-4o-mini' }] },
      },
      { account: 'acme', agent: 'alone', llm: { model: 'main' } },
    ],
    environment: { OPENAI_API_KEY: 'test-key', OPENAI_BASE_URL: backup.baseUrl },
  });
});

afterAll(async () => {
  await server.stop();
  await backup.close();
});

const COUNTED = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 };

/** Replies in this order; one more call fails the test. */
function replyWith(provider: FakeProvider, replies: readonly Reply[]): void {
  const left = [...replies];
  const before = provider.requests.length;
  provider.script(() => left.shift() ?? httpError(418));
  expect(provider.requests.slice(before)).toEqual([]);
}

async function ledgerOf(sessionId: string) {
  return (await server.ledger('acme')).filter((row) => row.sessionId === sessionId);
}

async function storedMessages(sessionId: string) {
  return server.running.database.asWorker((tx) =>
    tx.message.findMany({ where: { sessionId }, orderBy: { position: 'asc' } }),
  );
}

async function usageOf(visitor: Visitor, sessionId: string): Promise<SessionUsage> {
  return (await (await visitor.fetch(`/api/session/${sessionId}/usage`)).json()) as SessionUsage;
}

it('asks again after 429, 5xx and resets; every attempt is on the bill, the last one paid for the answer (M3)', async () => {
  replyWith(server.provider, [
    httpError(429, { 'Retry-After': '0' }),
    FAULTS['reset-at-once'],
    answer({ text: 'Third time lucky.', usage: { ...COUNTED, cost: 0.25 } }),
  ]);
  const visitor = createVisitor(server.url);
  const { session_id, message, usage } = await visitor.chat(HELPER, { message: 'try' });
  expect(message).toMatchObject({ content: 'Third time lucky.', status: 'complete' });

  const rows = await ledgerOf(session_id);
  expect(rows.map((row) => row.completionStatus)).toEqual(['error', 'error', 'complete']);
  expect(new Set(rows.map((row) => row.id)).size).toBe(3);
  expect(new Set(rows.map((row) => row.turnId)).size).toBe(1);
  for (const row of rows) {
    expect(row).toMatchObject({ accountSlug: 'acme', agentInstanceSlug: 'helper', agentType: 'simple_chat' });
  }
  const messages = await storedMessages(session_id);
  expect(messages.map(({ llmRequestId }) => llmRequestId)).toEqual([rows[2]?.id, rows[2]?.id]);
  expect(usage).toMatchObject({ total_cost: '0.25000000', cost_source: 'provider', usage_source: 'provider' });
  // The first was refused unread. The second may have been read, so its prompt is counted; its price is not known.
  expect(rows.map((row) => [row.usageSource, row.promptTokens > 0])).toEqual([
    ['estimated', false],
    ['estimated', true],
    ['provider', true],
  ]);
  expect(await usageOf(visitor, session_id)).toMatchObject({
    requests: 3,
    total_tokens: rows.reduce((sum, row) => sum + row.totalTokens, 0),
    total_cost: '0.25000000',
    unpriced_requests: 2,
  });
});

it('then asks the fallback, and adds up what both cost', async () => {
  const failed =
    (cost: number): Reply =>
    ({ response }) => {
      response.writeHead(200, { 'Content-Type': 'text/event-stream' });
      const usage = { prompt_tokens: 100, completion_tokens: 0, cost };
      response.end(`data: ${JSON.stringify({ usage, error: { code: 503 } })}\n\n`);
    };
  replyWith(server.provider, [failed(0.1), failed(0.01), failed(0.001)]);
  replyWith(backup, [
    answer({ text: 'From the backup.', usage: { prompt_tokens: 1_000_000, completion_tokens: 1_000_000 } }),
  ]);
  const visitor = createVisitor(server.url);
  const { session_id, message, usage } = await visitor.chat(HELPER, { message: 'try' });
  expect(message).toMatchObject({ content: 'From the backup.', status: 'complete' });
  expect(usage).toMatchObject({ provider: 'openai', total_cost: '0.75000000', cost_source: 'price_table' });
  const rows = await ledgerOf(session_id);
  expect(
    rows.map((row) => [row.provider, row.modelRequested, row.completionStatus, row.totalCost?.toFixed(8)]),
  ).toEqual([
    ['openai_compatible', 'main', 'error', '0.10000000'],
    ['openai_compatible', 'main', 'error', '0.01000000'],
    ['openai_compatible', 'main', 'error', '0.00100000'],
    ['openai', 'gpt-4o-mini', 'complete', '0.75000000'],
  ]);
  expect(await usageOf(visitor, session_id)).toMatchObject({ requests: 4, total_cost: '0.86100000' });
});

it.each([
  ['refuses the key', httpError(401)],
  ['asks for a longer pause than a visitor would wait', httpError(429, { 'Retry-After': '60' })],
  ['sends something that is no answer', FAULTS.html],
  ['ends without an answer', FAULTS['no-text']],
])('asks the fallback at once when the model %s', async (_name, reply) => {
  replyWith(server.provider, [reply]);
  replyWith(backup, [answer({ text: 'From the backup.' })]);
  const { session_id, message } = await createVisitor(server.url).chat(HELPER, { message: 'try' });
  expect(message.content).toBe('From the backup.');
  expect((await ledgerOf(session_id)).map((row) => row.provider)).toEqual(['openai_compatible', 'openai']);
});

it('asks nobody again once something has been said', async () => {
  replyWith(server.provider, [FAULTS.cut]);
  replyWith(backup, []);
  const events = await createVisitor(server.url).stream(HELPER, { message: 'try' });
  expect(joinText(events)).toBe('One two');
  expect(eventData(events, 'error')).toMatchObject({ code: 'UPSTREAM_ERROR', retryable: true });
  expect(eventData(events, 'done')).toMatchObject({ status: 'partial', usage: { usage_source: 'estimated' } });
  const rows = await ledgerOf(eventData(events, 'turn').session_id);
  expect(rows).toMatchObject([{ completionStatus: 'partial', usageSource: 'estimated' }]);
  expect(rows[0]?.completionTokens).toBeGreaterThan(0);
});

it('answers with the fault of the last attempt when all have failed', async () => {
  replyWith(server.provider, [httpError(500), httpError(502), httpError(503)]);
  replyWith(backup, [httpError(400)]);
  const visitor = createVisitor(server.url);
  const response = await visitor.post(`${HELPER}/chat`, { message: 'try' });
  expect(response.status).toBe(502);
  expect(((await response.json()) as ErrorBody).code).toBe('UPSTREAM_ERROR');
  const { session_id } = await visitor.history(HELPER);
  expect(await ledgerOf(session_id ?? '')).toHaveLength(4);
});

it('bills the attempt under way, not the one before it, when the process dies (M3)', async () => {
  const held = holdReply(answer({ text: 'Too late.' }));
  replyWith(server.provider, [httpError(500), held.reply]);
  const visitor = createVisitor(server.url);
  await visitor.history(ALONE);
  const reading = visitor.stream(ALONE, { message: 'try' });
  const pending = () =>
    server.running.database.asWorker((tx) => tx.message.findFirst({ where: { status: 'pending' } }));
  await expect.poll(async () => server.provider.requests.filter(({ closedAt }) => closedAt === null).length).toBe(1);
  await expect.poll(async () => (await ledgerOf((await pending())?.sessionId ?? '')).length).toBe(1);

  const turn = await pending();
  if (!turn) throw new Error('no pending answer');
  const [first] = await ledgerOf(turn.sessionId);
  const { call } = turn.metadata as { call: { requestId: string; promptTokens: number } };
  expect(call).toMatchObject({ provider: 'openai_compatible', model: 'main' });
  expect(call.requestId).not.toBe(first?.id);
  expect(call.promptTokens).toBeGreaterThan(0);
  held.release();
  const events = await reading;
  const rows = await ledgerOf(eventData(events, 'turn').session_id);
  expect(rows.map(({ id }) => id)).toEqual([first?.id, call.requestId]);
});
