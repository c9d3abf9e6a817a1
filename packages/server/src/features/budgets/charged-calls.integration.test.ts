import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  ask,
  expectSettled,
  pathOf,
  pricedAgent,
  saying,
  spentBy,
  startBudgetServer,
  stopBudgetServer,
} from '../../../test/budget-server.ts';
import { answer } from '../../../test/fake-provider-replies.ts';
import { queryAsOwnerOf } from '../../../test/owner-access.ts';
import type { TestServer } from '../../../test/start-test-server.ts';
import { createVisitor } from '../../../test/visitor.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startBudgetServer([pricedAgent('ledger'), pricedAgent('before')]);
});

afterAll(() => stopBudgetServer(server));

describe('the ledger (M10)', () => {
  it('names message and price, and what budgets counted', async () => {
    server.provider.script(() => saying(5));
    const { visitor } = await ask(server, 'ledger');
    const { messages } = await visitor.history(pathOf('ledger'));
    const [row] = await server.ledger('ledger');
    expect(row).toMatchObject({ messageId: messages.at(-1)?.id, totalCost: null, priceVersion: null, entry: 1 });
    expect(row?.budgetUsd?.toFixed(8)).toBe('0.00500000');
  });

  it('is corrected by a row that takes another back and one that stands in for it; sums and budgets follow', async () => {
    server.provider.script(() => answer({ usage: { prompt_tokens: 3, completion_tokens: 2, cost: 0.5 } }));
    const { visitor } = await ask(server, 'ledger');
    const wrong = (await server.ledger('ledger')).at(-1);
    const before = (await spentBy(server, 'ledger', 'account'))[0];
    const correct = (cost: string) =>
      server.running.database.withAccount(
        wrong?.accountId ?? '',
        (tx) =>
          tx.$queryRaw`SELECT correct_llm_request(${wrong?.accountId}::uuid, ${wrong?.id}::uuid, ${cost}::numeric, 'invoice 7')`,
      );
    await correct('0.2');
    const rows = (await server.ledger('ledger')).slice(-2);
    expect(
      rows.map((row) => [row.entry, row.totalCost?.toFixed(8), row.totalTokens, row.correctsId, row.correctionReason]),
    ).toEqual(
      expect.arrayContaining([
        [-1, '-0.50000000', -5, wrong?.id, 'invoice 7'],
        [1, '0.20000000', 5, wrong?.id, 'invoice 7'],
      ]),
    );
    const sessionId = wrong?.sessionId ?? '';
    const sum = (await (await visitor.fetch(`/api/session/${sessionId}/usage`)).json()) as object;
    expect(sum).toMatchObject({ requests: 1, total_tokens: 5, total_cost: '0.20000000', unpriced_requests: 0 });
    expect(Number((await spentBy(server, 'ledger', 'account'))[0]) - Number(before)).toBeCloseTo(-0.3, 8);
    await expectSettled(server, 'ledger');
    await expect(correct('0.3')).rejects.toThrow('llm_requests_correction_key');
  });
});

describe('a process of the version before (X3)', () => {
  it('is served by the functions it knows; what it spends counts', async () => {
    await server.running.directory.get('before', 'helper');
    const [agent] = await queryAsOwnerOf<{ account: string; agent: string }>(
      server.running.database,
      `SELECT accounts.id::text AS account, agent_instances.id::text AS agent FROM agent_instances
       JOIN accounts ON accounts.id = account_id AND slug = 'before'`,
    );
    const [owner, first, second] = [randomUUID(), randomUUID(), randomUUID()];
    const call = (requestId: string) =>
      JSON.stringify({ requestId, provider: 'openai', model: 'm', startedAt: '', promptTokens: 3 });
    const run = <Row>(sql: string) => queryAsOwnerOf<Row>(server.running.database, sql);
    const [begun] = await run<{ turn: { outcome: string; turn_id: string; session_id: string } }>(
      `SELECT begin_turn('${agent?.account}', 'before', '${agent?.agent}', 'a visitor', 'Hello', NULL, NULL, NULL,
         '${call(first)}', '${owner}', 15, 10) AS turn`,
    );
    expect(begun?.turn).toMatchObject({ outcome: 'created' });
    const row = (id: string, total_cost: string | null) =>
      JSON.stringify({
        id,
        account_slug: 'before',
        agent_instance_id: agent?.agent,
        agent_instance_slug: 'helper',
        agent_type: 'simple_chat',
        session_id: begun?.turn.session_id,
        turn_id: begun?.turn.turn_id,
        completion_status: 'complete',
        provider: 'openai',
        model_requested: 'm',
        request_body: {},
        response_body: {},
        prompt_tokens: 3,
        cached_prompt_tokens: 0,
        completion_tokens: 2,
        reasoning_tokens: 0,
        total_tokens: 5,
        total_cost,
        cost_source: total_cost === null ? 'unknown' : 'provider',
        usage_source: 'provider',
        latency_ms: 1,
      });
    await run(`SELECT record_attempt('${agent?.account}', '${row(first, '0.25')}', '${call(second)}')::text`);
    const [finished] = await run<{ done: boolean }>(
      `SELECT finish_turn('${agent?.account}', '${begun?.turn.turn_id}', '${owner}', 'Well.', 'complete', '{}',
         '${row(second, '0.5')}') AS done`,
    );
    expect(finished?.done).toBe(true);
    // The account's month is there for every call; the others come with the first call that has a limit.
    expect(await spentBy(server, 'before', 'account')).toEqual(['0.75000000']);
    server.provider.script(() => saying(1));
    await createVisitor(server.url).chat(pathOf('before'), { message: 'Hello' });
    expect(await spentBy(server, 'before', 'account')).toEqual(['0.75100000', '0.75100000']);
    await expectSettled(server, 'before');
  });
});
