import { randomUUID } from 'node:crypto';
import type { ErrorBody } from '@salient/shared-types';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answer, FAULTS, httpError } from '../../../test/fake-provider-replies.ts';
import type { Reply } from '../../../test/fake-provider.ts';
import { holdReply } from '../../../test/held-reply.ts';
import { queryAsOwnerOf } from '../../../test/owner-access.ts';
import { startTestServer, type TestServer } from '../../../test/start-test-server.ts';
import { createVisitor, eventData, type Visitor } from '../../../test/visitor.ts';

/** No price is known for the test model: every token it says counts a tenth of a cent, what it reads nothing. */
const UNKNOWN_PRICE = { prompt_usd: '0', completion_usd: '1000' };
/** So the worst case of a call is ten cents. */
const MAX_TOKENS = 100;
const ROOMY = { daily_usd: '1000.00', monthly_usd: '1000.00', visitor_daily_usd: '1000.00' };
const MESSAGE = 'We have talked enough for today.';
const OWN_WORDS = { widget: { texts: { budget_message: MESSAGE } } };

let server: TestServer;

beforeAll(async () => {
  const llm = { model: 'main', max_tokens: MAX_TOKENS };
  const cheap = { inference_provider: 'openai_compatible', model: 'cheap' };
  const limited = (budget: object) => ({ ...OWN_WORDS, budget });
  const agent = (account: string, name: string, config: Record<string, unknown> = {}) => ({
    account,
    agent: name,
    llm,
    config,
  });
  server = await startTestServer({
    agents: [
      agent('small', 'helper', limited({ daily_usd: '0.25' })),
      agent('monthly', 'helper', limited({ monthly_usd: '0.25' })),
      agent('ends', 'helper'),
      ...Array.from({ length: 8 }, (_, index) =>
        agent('visited', `agent${index}`, { budget: { visitor_daily_usd: '0.25' } }),
      ),
      agent('own', 'helper'),
      agent('free', 'helper', { llm: { inference_provider: 'local' } }),
      agent('attempts', 'helper', limited({ daily_usd: '0.15' })),
      { ...agent('fallbacks', 'helper', limited({ daily_usd: '0.15' })), llm: { ...llm, fallbacks: [cheap] } },
      agent('low', 'helper', { budget: { daily_usd: '1.00', fallback_model: cheap } }),
      agent('quoting', 'helper', {
        budget: { daily_usd: '0.15', fallback_model: { inference_provider: 'local', model: 'local' } },
      }),
      agent('late', 'helper'),
      agent('clock', 'helper', { budget: { daily_usd: '0.25' } }),
      agent('ledger', 'helper'),
      agent('blocked', 'helper'),
      agent('wallet', 'helper'),
      agent('before', 'helper'),
      agent('deleted', 'helper'),
      agent('mixed', 'one', { budget: { daily_usd: '100', monthly_usd: '200' } }),
      agent('mixed', 'two', { budget: { monthly_usd: '100' } }),
    ],
    app: { budgets: { unknown_price: UNKNOWN_PRICE, tiers: { free: ROOMY, enterprise: ROOMY } } },
  });
});

afterAll(async () => {
  expect(await server.running.database.budgets.check()).toEqual([]);
  await server.stop();
});

/** An answer that the provider counts so many tokens for. */
function saying(tokens: number): Reply {
  return answer({ text: 'Well.', usage: { prompt_tokens: 10, completion_tokens: tokens } });
}

function pathOf(account: string, agent = 'helper'): string {
  return `/accounts/${account}/agents/${agent}`;
}

async function ask(account: string, message = 'Hello', visitor: Visitor = createVisitor(server.url)) {
  const response = await visitor.post(`${pathOf(account)}/chat`, { message });
  return { status: response.status, body: (await response.json()) as Partial<ErrorBody>, visitor };
}

interface Counter {
  scope: string;
  period: string;
  starts_on: string;
  spent: string;
  reserved: string;
  limit: string | null;
}

function countersOf(account: string): Promise<Counter[]> {
  return queryAsOwnerOf<Counter>(
    server.running.database,
    `SELECT scope, period, starts_on::text, spent_usd::text AS spent, reserved_usd::text AS reserved, limit_usd::text AS "limit"
     FROM budget_counters JOIN accounts ON accounts.id = account_id AND slug = '${account}' ORDER BY starts_on, scope, period`,
  );
}

async function spentBy(account: string, scope: string): Promise<string[]> {
  return (await countersOf(account)).filter((counter) => counter.scope === scope).map(({ spent }) => spent);
}

/** Nothing is reserved, and every counter is the sum of its ledger rows. */
async function expectSettled(account: string): Promise<void> {
  for (const counter of await countersOf(account)) expect(counter).toMatchObject({ reserved: '0.00000000' });
  expect(await server.running.database.budgets.check()).toEqual([]);
}

describe('a budget that is spent', () => {
  it.each(['small', 'monthly'])(
    'refuses with the words of the owner, asks no model and stores nothing: %s',
    async (account) => {
      server.provider.script(() => saying(MAX_TOKENS));
      const { visitor } = await ask(account, 'one');
      expect((await ask(account, 'two', visitor)).status).toBe(200);
      const calls = server.provider.requests.length;

      const refused = await ask(account, 'three', visitor);
      expect([refused.status, refused.body.code, refused.body.detail]).toEqual([402, 'BUDGET_EXCEEDED', MESSAGE]);
      const stream = await visitor.post(`${pathOf(account)}/stream`, { message: 'four' });
      expect([stream.status, ((await stream.json()) as ErrorBody).code]).toEqual([402, 'BUDGET_EXCEEDED']);
      expect(server.provider.requests).toHaveLength(calls);
      const { messages } = await visitor.history(pathOf(account));
      expect(messages.filter(({ role }) => role === 'user').map(({ content }) => content)).toEqual(['one', 'two']);
      expect(await spentBy(account, 'agent')).toEqual(['0.20000000']);
      await expectSettled(account);
    },
  );

  it('does not refuse what was sent before and is sent again', async () => {
    server.provider.script(() => saying(1));
    await setOwnBudget('own', { dailyUsd: '0.11' });
    const visitor = createVisitor(server.url);
    const body = { message: 'Hello', client_message_id: 'the-same' };
    const first = await visitor.chat(pathOf('own'), body);
    await setOwnBudget('own', { dailyUsd: '0.001' });
    expect((await ask('own')).status).toBe(402);
    expect(await visitor.chat(pathOf('own'), body)).toEqual(first);
  });

  it("of an account is the lesser of its tier's and its own, at once", async () => {
    server.provider.script(() => saying(1));
    await setOwnBudget('own', { dailyUsd: '0.05' });
    expect((await ask('own')).status).toBe(402);
    await setOwnBudget('own', { dailyUsd: '5000' });
    expect((await ask('own')).status).toBe(200);
    const day = (await countersOf('own')).find(({ scope, period }) => scope === 'account' && period === 'day');
    expect(day?.limit).toBe('1000.00000000');
  });

  it('counts what was spent before there was a budget', async () => {
    server.provider.script(() => saying(MAX_TOKENS));
    await ask('late');
    await ask('late');
    await server.writeAgent({
      account: 'late',
      agent: 'helper',
      llm: { model: 'main', max_tokens: MAX_TOKENS },
      config: { budget: { monthly_usd: '0.25' } },
    });
    const { directory } = server.running;
    await expect.poll(async () => (await directory.get('late', 'helper')).config.budget.monthlyUsd).toBe('0.25');
    expect((await ask('late')).status).toBe(402);
    expect(await spentBy('late', 'agent')).toEqual(['0.20000000']);
    await expectSettled('late');
  });

  it('does not concern an agent that costs nothing', async () => {
    await setOwnBudget('free', { dailyUsd: '0', monthlyUsd: '0' });
    expect((await ask('free')).status).toBe(200);
    expect(await countersOf('free')).toEqual([]);
  });

  it('M9: holds for the first calls of a visitor nobody has seen, all at once', async () => {
    server.provider.script(() => saying(MAX_TOKENS));
    const visitor = createVisitor(server.url);
    await visitor.history(pathOf('visited', 'agent0'));
    const calls = server.provider.requests.length;
    const responses = await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        visitor.post(`${pathOf('visited', `agent${index}`)}/chat`, { message: 'Hello' }),
      ),
    );
    const statuses = responses.map(({ status }) => status).toSorted((one, other) => one - other);
    expect(statuses).toEqual([200, 200, 402, 402, 402, 402, 402, 402]);
    expect(server.provider.requests).toHaveLength(calls + 2);
    expect(await spentBy('visited', 'visitor')).toEqual(['0.20000000']);
    // Another visitor is not concerned.
    const other = createVisitor(server.url);
    expect((await other.post(`${pathOf('visited', 'agent0')}/chat`, { message: 'Hello' })).status).toBe(200);
  });
});

describe('denial of wallet (M11)', () => {
  it("costs an account its day and no more, whoever the sender claims to be; tomorrow's is untouched", async () => {
    await setOwnBudget('wallet', { dailyUsd: '0.35' });
    server.provider.script(() => saying(MAX_TOKENS));
    const calls = server.provider.requests.length;
    const statuses = await Promise.all(
      Array.from({ length: 30 }, async (_, index) => {
        const stranger = createVisitor(server.url, `https://shop-${index}.example`);
        const headers = { 'X-Forwarded-For': `2001:db8:${index}::1`, 'User-Agent': `curl/${index}` };
        const body = { message: 'x'.repeat(2000), context: { page: 'y'.repeat(1500) } };
        return (await stranger.post(`${pathOf('wallet')}/chat`, body, headers)).status;
      }),
    );
    expect(statuses.filter((status) => status === 200)).toHaveLength(3);
    expect(statuses.filter((status) => status === 402)).toHaveLength(27);
    expect(server.provider.requests).toHaveLength(calls + 3);
    expect(await spentBy('wallet', 'account')).toEqual(['0.30000000', '0.30000000']);
    await expectSettled('wallet');
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
    expect(await spentBy('before', 'account')).toEqual(['0.75000000']);
    server.provider.script(() => saying(1));
    await createVisitor(server.url).chat(pathOf('before'), { message: 'Hello' });
    expect(await spentBy('before', 'account')).toEqual(['0.75100000', '0.75100000']);
    await expectSettled('before');
  });
});

describe('what is reserved for a call (M6)', () => {
  it('is its worst case while it is under way', async () => {
    const held = holdReply(saying(3));
    server.provider.script(() => held.reply);
    const visitor = createVisitor(server.url);
    await visitor.history(pathOf('ends'));
    const reading = visitor.stream(pathOf('ends'), { message: 'Hello' });
    await expect.poll(async () => (await countersOf('ends')).map(({ reserved }) => reserved)).toContain('0.10000000');
    expect(await server.running.database.budgets.check()).toEqual([]);
    held.release();
    await reading;
    expect((await spentBy('ends', 'account')).map(Number)).toEqual([0.003, 0.003]);
    await expectSettled('ends');
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
    const before = Number((await spentBy('ends', 'account'))[0] ?? 0);
    server.provider.script(() => reply);
    await (await createVisitor(server.url).post(`${pathOf('ends')}/chat`, { message: 'Hello' })).text();
    const after = Number((await spentBy('ends', 'account'))[0] ?? 0);
    expect((after - before).toFixed(8)).toBe(cost);
    await expectSettled('ends');
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
    await expectSettled('ends');
  });

  it('is given back when its conversation is deleted meanwhile', async () => {
    const held = holdReply(saying(4));
    server.provider.script(() => held.reply);
    const visitor = createVisitor(server.url);
    await visitor.history(pathOf('deleted'));
    const reading = visitor.stream(pathOf('deleted'), { message: 'Hello' });
    await expect
      .poll(async () => (await countersOf('deleted')).map(({ reserved }) => reserved))
      .toContain('0.10000000');
    await queryAsOwnerOf(
      server.running.database,
      `DELETE FROM sessions USING accounts WHERE accounts.id = account_id AND slug = 'deleted'`,
    );
    await expect
      .poll(async () => (await countersOf('deleted')).map(({ reserved }) => reserved))
      .not.toContain('0.10000000');
    held.release();
    await reading;
    // The call was made all the same, so it is on the bill, as far as it got.
    await expect.poll(() => server.ledger('deleted')).toHaveLength(1);
    await expectSettled('deleted');
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
    await expectSettled('mixed');
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
    const { status, body, visitor } = await ask('attempts');
    expect([status, body.code, body.detail]).toEqual([402, 'BUDGET_EXCEEDED', MESSAGE]);
    expect(server.provider.requests).toHaveLength(calls + 1);
    const { messages } = await visitor.history(pathOf('attempts'));
    expect(messages.at(-1)).toMatchObject({ status: 'error', metadata: { error_code: 'BUDGET_EXCEEDED' } });
    expect((await server.ledger('attempts')).map(({ budgetUsd }) => budgetUsd?.toFixed(8))).toEqual(['0.10000000']);
    await expectSettled('attempts');
  });

  it('reserve again, each for itself', async () => {
    const replies = [httpError(500), httpError(500), httpError(500), saying(20)];
    server.provider.script(() => replies.shift() ?? httpError(418));
    const { status } = await ask('fallbacks');
    expect(status).toBe(200);
    const rows = await server.ledger('fallbacks');
    expect(rows.map(({ modelRequested, budgetUsd }) => [modelRequested, budgetUsd?.toFixed(2)])).toEqual([
      ['main', '0.00'],
      ['main', '0.00'],
      ['main', '0.00'],
      ['cheap', '0.02'],
    ]);
    await expectSettled('fallbacks');
  });
});

describe('a budget that runs low', () => {
  it('is told once: as a notification, in the log, in the metrics; and the cheaper model takes over', async () => {
    server.provider.script(() => answer({ usage: { prompt_tokens: 1, completion_tokens: 1, cost: 0.79 } }));
    await ask('low');
    server.provider.script(() => answer({ usage: { prompt_tokens: 1, completion_tokens: 1, cost: 0.01 } }));
    await ask('low');
    expect(server.provider.requests.at(-1)?.model).toBe('main');
    await ask('low');
    expect(server.provider.requests.at(-1)?.model).toBe('cheap');

    const told = () =>
      queryAsOwnerOf<{ kind: string; details: object }>(
        server.running.database,
        `SELECT kind, details FROM notifications JOIN accounts ON accounts.id = account_id AND slug = 'low'`,
      );
    const today = new Date().toISOString().slice(0, 10);
    const agent = { scope: 'agent', agent_instance_id: expect.any(String) as string, period: 'day' };
    const details = { ...agent, starts_on: today, limit_usd: '1.00000000', spent_usd: '0.80000000' };
    expect(await told()).toEqual([{ kind: 'budget_low', details }]);
    const lines = () =>
      server
        .logs()
        .split('\n')
        .filter((line) => line.includes('four fifths') && line.includes('"low"'));
    await expect.poll(lines).toHaveLength(1);
    const metrics = await (await fetch(`${server.url}/metrics`)).text();
    expect(metrics).toContain('salient_budget_notices_total{account="low",kind="budget_low",scope="agent"} 1');
    expect(metrics).toMatch(/salient_budget_refusals_total\{account="small",agent="helper",scope="agent"\} 2/);
  });

  it('is answered by quoting knowledge, where that is the cheaper model, also when nothing is left', async () => {
    server.provider.script(() => saying(MAX_TOKENS));
    await ask('quoting');
    const calls = server.provider.requests.length;
    const { status, visitor } = await ask('quoting');
    expect(status).toBe(200);
    expect(server.provider.requests).toHaveLength(calls);
    expect((await visitor.history(pathOf('quoting'))).messages.at(-1)).toMatchObject({ status: 'complete' });
    const rows = await server.ledger('quoting');
    expect(rows.map(({ provider, totalCost }) => [provider, totalCost?.toFixed(8) ?? null])).toEqual([
      ['openai_compatible', null],
      ['local', '0.00000000'],
    ]);
  });
});

describe('the end of a period (M8)', () => {
  const moveClock = (day: string) =>
    queryAsOwnerOf(
      server.running.database,
      `CREATE OR REPLACE FUNCTION budget_today() RETURNS date LANGUAGE sql VOLATILE AS $$ SELECT DATE '${day}' $$`,
    );
  const restoreClock = () =>
    queryAsOwnerOf(
      server.running.database,
      `CREATE OR REPLACE FUNCTION budget_today() RETURNS date LANGUAGE sql VOLATILE AS
       $$ SELECT (clock_timestamp() AT TIME ZONE 'UTC')::date $$`,
    );

  it('keeps every cent: a call counts in the period it was begun in, and a new period is a new row', async () => {
    try {
      await moveClock('2099-01-31');
      server.provider.script(() => saying(MAX_TOKENS));
      await ask('clock');
      const held = holdReply(saying(MAX_TOKENS));
      server.provider.script(() => held.reply);
      const visitor = createVisitor(server.url);
      await visitor.history(pathOf('clock'));
      const reading = visitor.stream(pathOf('clock'), { message: 'Hello' });
      // Asked, not only reserved for: the next reply is another.
      await expect.poll(() => server.provider.requests.filter(({ closedAt }) => closedAt === null)).toHaveLength(1);
      expect((await countersOf('clock')).map(({ reserved }) => reserved)).toContain('0.10000000');
      await moveClock('2099-02-01');
      server.provider.script(() => saying(50));
      await ask('clock');
      held.release();
      await reading;
      const day = (await countersOf('clock')).filter(({ scope, period }) => scope === 'agent' && period === 'day');
      expect(day.map(({ starts_on, spent, reserved }) => [starts_on, spent, reserved])).toEqual([
        ['2099-01-31', '0.20000000', '0.00000000'],
        ['2099-02-01', '0.05000000', '0.00000000'],
      ]);
      const month = (await countersOf('clock')).filter(
        ({ scope, period }) => scope === 'account' && period === 'month',
      );
      expect(month.map(({ starts_on, spent }) => [starts_on, spent])).toEqual([
        ['2099-01-01', '0.20000000'],
        ['2099-02-01', '0.05000000'],
      ]);
      // The day before is full, this one is not.
      await moveClock('2099-01-31');
      expect((await ask('clock')).status).toBe(402);
      await moveClock('2099-02-01');
      expect((await ask('clock')).status).toBe(200);
      await expectSettled('clock');
    } finally {
      await restoreClock();
    }
  });

  it('is at midnight in UTC, whatever time zone a connection is in', async () => {
    const days = await Promise.all(
      ['UTC', 'Pacific/Kiritimati', 'Etc/GMT+12', 'America/New_York'].map((zone) =>
        server.running.database.asWorker(async (tx) => {
          await tx.$queryRaw`SELECT set_config('timezone', ${zone}, true)`;
          const [row] = await tx.$queryRaw<[{ is_utc: boolean }]>`
            SELECT budget_today() = (clock_timestamp() AT TIME ZONE 'UTC')::date AS is_utc`;
          return row.is_utc;
        }),
      ),
    );
    expect(days).toEqual([true, true, true, true]);
  });
});

describe('the ledger (M10)', () => {
  it('names message and price, and what budgets counted', async () => {
    server.provider.script(() => saying(5));
    const { visitor } = await ask('ledger');
    const { messages } = await visitor.history(pathOf('ledger'));
    const [row] = await server.ledger('ledger');
    expect(row).toMatchObject({ messageId: messages.at(-1)?.id, totalCost: null, priceVersion: null, entry: 1 });
    expect(row?.budgetUsd?.toFixed(8)).toBe('0.00500000');
  });

  it('is corrected by a row that takes another back and one that stands in for it; sums and budgets follow', async () => {
    server.provider.script(() => answer({ usage: { prompt_tokens: 3, completion_tokens: 2, cost: 0.5 } }));
    const { visitor } = await ask('ledger');
    const wrong = (await server.ledger('ledger')).at(-1);
    const before = (await spentBy('ledger', 'account'))[0];
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
    expect(Number((await spentBy('ledger', 'account'))[0]) - Number(before)).toBeCloseTo(-0.3, 8);
    await expectSettled('ledger');
    await expect(correct('0.3')).rejects.toThrow('llm_requests_correction_key');
  });
});

// Nobody else can hold a lock on the embedded database.
if (process.env['SALIENT_TEST_DATABASE'] === 'postgres')
  describe('a store that does not answer (M7)', () => {
    it('refuses with NOT_READY and asks no model; when it is back, so are the answers', async () => {
      server.provider.script(() => saying(1));
      expect((await ask('blocked')).status).toBe(200);
      const calls = server.provider.requests.length;
      const blocker = new pg.Client({ connectionString: server.database.url ?? '' });
      await blocker.connect();
      await blocker.query('BEGIN');
      await blocker.query('LOCK TABLE budget_counters IN ACCESS EXCLUSIVE MODE');
      const visitor = createVisitor(server.url);
      const response = await visitor.post(`${pathOf('blocked')}/chat`, { message: 'Hello' });
      expect([response.status, ((await response.json()) as ErrorBody).code]).toEqual([503, 'NOT_READY']);
      expect(response.headers.get('Retry-After')).toBe('5');
      expect(server.provider.requests).toHaveLength(calls);
      await blocker.query('ROLLBACK');
      await blocker.end();
      expect((await ask('blocked')).status).toBe(200);
      await expectSettled('blocked');
    });
  });

async function setOwnBudget(slug: string, limits: { dailyUsd?: string; monthlyUsd?: string }): Promise<void> {
  await server.running.database.withAccountSlug(slug, async (tx, { id: accountId }) => {
    await tx.accountBudget.upsert({ where: { accountId }, create: { accountId, ...limits }, update: limits });
  });
}
