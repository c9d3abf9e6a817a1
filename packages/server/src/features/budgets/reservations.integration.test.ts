import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  ask,
  BUDGET_MESSAGE,
  CHEAP,
  countersOf,
  expectSettled,
  limitedAgent,
  MAX_TOKENS,
  pathOf,
  pricedAgent,
  saying,
  spentBy,
  startBudgetServer,
  stopBudgetServer,
} from '../../../test/budget-server.ts';
import { answer, FAULTS, httpError } from '../../../test/fake-provider-replies.ts';
import type { Reply } from '../../../test/fake-provider.ts';
import { holdReply } from '../../../test/held-reply.ts';
import { queryAsOwnerOf } from '../../../test/owner-access.ts';
import type { TestServer } from '../../../test/start-test-server.ts';
import { createVisitor, eventData } from '../../../test/visitor.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startBudgetServer([
    pricedAgent('ends'),
    pricedAgent('deleted'),
    pricedAgent('mixed', 'one', { budget: { daily_usd: '100', monthly_usd: '200' } }),
    pricedAgent('mixed', 'two', { budget: { monthly_usd: '100' } }),
    limitedAgent('attempts', { daily_usd: '0.15' }),
    {
      ...limitedAgent('fallbacks', { daily_usd: '0.15' }),
      llm: { model: 'main', max_tokens: MAX_TOKENS, fallbacks: [CHEAP] },
    },
  ]);
});

afterAll(() => stopBudgetServer(server));

describe('what is reserved for a call (M6)', () => {
  it('is its worst case while it is under way', async () => {
    const held = holdReply(saying(3));
    server.provider.script(() => held.reply);
    const visitor = createVisitor(server.url);
    await visitor.history(pathOf('ends'));
    const reading = visitor.stream(pathOf('ends'), { message: 'Hello' });
    await expect
      .poll(async () => (await countersOf(server, 'ends')).map(({ reserved }) => reserved))
      .toContain('0.10000000');
    expect(await server.running.database.budgets.check()).toEqual([]);
    held.release();
    await reading;
    expect((await spentBy(server, 'ends', 'account')).map(Number)).toEqual([0.003, 0.003]);
    await expectSettled(server, 'ends');
  });

  it.each([
    ['ends well', saying(7), '0.00700000'],
    [
      'costs what the provider says',
      answer({ usage: { prompt_tokens: 1, completion_tokens: 1, cost: 0.02 } }),
      '0.02000000',
    ],
    ['costs more than was thought', answer({ usage: { prompt_tokens: 1, completion_tokens: 500 } }), '0.50000000'],
    ['is refused unread', httpError(401), '0.00000000'],
    ['is cut', FAULTS.cut, '0.00200000'],
    ['is no answer', FAULTS.html, '0.00000000'],
  ])('is settled once, by what it cost, when it %s', async (_end, reply, cost) => {
    const before = Number((await spentBy(server, 'ends', 'account'))[0] ?? 0);
    server.provider.script(() => reply);
    await (await createVisitor(server.url).post(`${pathOf('ends')}/chat`, { message: 'Hello' })).text();
    const after = Number((await spentBy(server, 'ends', 'account'))[0] ?? 0);
    expect((after - before).toFixed(8)).toBe(cost);
    await expectSettled(server, 'ends');
  });

  it('is given back when the turn is stopped before a model was asked for anything more', async () => {
    server.provider.script(() => FAULTS['stall-first-token']);
    const visitor = createVisitor(server.url);
    await visitor.history(pathOf('ends'));
    const reading = visitor.stream(pathOf('ends'), { message: 'Hello' });
    let turnId: string | undefined;
    await expect.poll(async () => (turnId = (await visitor.history(pathOf('ends'))).active_turn?.id)).toBeDefined();
    await visitor.post(`${pathOf('ends')}/turns/${turnId}/stop`, {});
    expect(eventData(await reading, 'done')).toMatchObject({ finish_reason: 'stopped' });
    await expectSettled(server, 'ends');
  });

  it('is given back when its conversation is deleted meanwhile', async () => {
    const held = holdReply(saying(4));
    server.provider.script(() => held.reply);
    const visitor = createVisitor(server.url);
    await visitor.history(pathOf('deleted'));
    const reading = visitor.stream(pathOf('deleted'), { message: 'Hello' });
    await expect
      .poll(async () => (await countersOf(server, 'deleted')).map(({ reserved }) => reserved))
      .toContain('0.10000000');
    await queryAsOwnerOf(
      server.running.database,
      `DELETE FROM sessions USING accounts WHERE accounts.id = account_id AND slug = 'deleted'`,
    );
    await expect
      .poll(async () => (await countersOf(server, 'deleted')).map(({ reserved }) => reserved))
      .not.toContain('0.10000000');
    held.release();
    await reading;
    // The call was made all the same, so it is on the bill, as far as it got.
    await expect.poll(() => server.ledger('deleted')).toHaveLength(1);
    await expectSettled(server, 'deleted');
  });

  it('never leaks and always adds up, over a hundred turns with every kind of end', async () => {
    const replies = [
      saying(5),
      saying(90),
      FAULTS.cut,
      httpError(500),
      FAULTS.html,
      httpError(401),
      FAULTS['error-first'],
    ];
    let asked = 0;
    server.provider.script(() => replies[(asked += 1) % replies.length] ?? saying(1));
    for (let round = 0; round < 10; round += 1) {
      const turns = Array.from({ length: 10 }, (_, index) =>
        createVisitor(server.url).post(`${pathOf('mixed', index % 2 ? 'one' : 'two')}/chat`, { message: `${round}` }),
      );
      // Also in the midst of it.
      const [between] = await Promise.all([server.running.database.budgets.check(), ...turns]);
      expect(between).toEqual([]);
    }
    await expectSettled(server, 'mixed');
  });
});

describe('further attempts', () => {
  /** Fails, and was not free. */
  const dear: Reply = ({ response }) => {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    const usage = { prompt_tokens: 1, completion_tokens: 0, cost: 0.1 };
    response.end(`data: ${JSON.stringify({ usage, error: { code: 503 } })}\n\n`);
  };

  it('are not made when there is no room for them, and the visitor is told why', async () => {
    server.provider.script(() => dear);
    const calls = server.provider.requests.length;
    const { status, body, visitor } = await ask(server, 'attempts');
    expect([status, body.code, body.detail]).toEqual([402, 'BUDGET_EXCEEDED', BUDGET_MESSAGE]);
    expect(server.provider.requests).toHaveLength(calls + 1);
    const { messages } = await visitor.history(pathOf('attempts'));
    expect(messages.at(-1)).toMatchObject({ status: 'error', metadata: { error_code: 'BUDGET_EXCEEDED' } });
    expect((await server.ledger('attempts')).map(({ budgetUsd }) => budgetUsd?.toFixed(8))).toEqual(['0.10000000']);
    await expectSettled(server, 'attempts');
  });

  it('reserve again, each for itself', async () => {
    const replies = [httpError(500), httpError(500), httpError(500), saying(20)];
    server.provider.script(() => replies.shift() ?? httpError(418));
    const { status } = await ask(server, 'fallbacks');
    expect(status).toBe(200);
    const rows = await server.ledger('fallbacks');
    expect(rows.map(({ modelRequested, budgetUsd }) => [modelRequested, budgetUsd?.toFixed(2)])).toEqual([
      ['main', '0.00'],
      ['main', '0.00'],
      ['main', '0.00'],
      ['cheap', '0.02'],
    ]);
    await expectSettled(server, 'fallbacks');
  });
});
