import type { ErrorBody } from '@salient/shared-types';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  ask,
  BUDGET_MESSAGE,
  countersOf,
  expectSettled,
  limitedAgent,
  MAX_TOKENS,
  pathOf,
  pricedAgent,
  saying,
  setOwnBudget,
  spentBy,
  startBudgetServer,
  stopBudgetServer,
} from '../../../test/budget-server.ts';
import type { TestServer } from '../../../test/start-test-server.ts';
import { createVisitor } from '../../../test/visitor.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startBudgetServer([
    limitedAgent('small', { daily_usd: '0.25' }),
    limitedAgent('monthly', { monthly_usd: '0.25' }),
    ...Array.from({ length: 8 }, (_, index) =>
      pricedAgent('visited', `agent${index}`, { budget: { visitor_daily_usd: '0.25' } }),
    ),
    pricedAgent('own'),
    pricedAgent('free', 'helper', { llm: { inference_provider: 'local' } }),
    pricedAgent('late'),
    pricedAgent('wallet'),
    pricedAgent('blocked'),
  ]);
});

afterAll(() => stopBudgetServer(server));

describe('a budget that is spent', () => {
  it.each(['small', 'monthly'])(
    'refuses with the words of the owner, asks no model and stores nothing: %s',
    async (account) => {
      server.provider.script(() => saying(MAX_TOKENS));
      const { visitor } = await ask(server, account, 'one');
      expect((await ask(server, account, 'two', visitor)).status).toBe(200);
      const calls = server.provider.requests.length;

      const refused = await ask(server, account, 'three', visitor);
      expect([refused.status, refused.body.code, refused.body.detail]).toEqual([
        402,
        'BUDGET_EXCEEDED',
        BUDGET_MESSAGE,
      ]);
      const stream = await visitor.post(`${pathOf(account)}/stream`, { message: 'four' });
      expect([stream.status, ((await stream.json()) as ErrorBody).code]).toEqual([402, 'BUDGET_EXCEEDED']);
      expect(server.provider.requests).toHaveLength(calls);
      const { messages } = await visitor.history(pathOf(account));
      expect(messages.filter(({ role }) => role === 'user').map(({ content }) => content)).toEqual(['one', 'two']);
      expect(await spentBy(server, account, 'agent')).toEqual(['0.20000000']);
      const metrics = await (await fetch(`${server.url}/metrics`)).text();
      expect(metrics).toMatch(
        new RegExp(`salient_budget_refusals_total\\{account="${account}",agent="helper",scope="agent"\\} 2`),
      );
      await expectSettled(server, account);
    },
  );

  it('does not refuse what was sent before and is sent again', async () => {
    server.provider.script(() => saying(1));
    await setOwnBudget(server, 'own', { dailyUsd: '0.11' });
    const visitor = createVisitor(server.url);
    const body = { message: 'Hello', client_message_id: 'the-same' };
    const first = await visitor.chat(pathOf('own'), body);
    await setOwnBudget(server, 'own', { dailyUsd: '0.001' });
    expect((await ask(server, 'own')).status).toBe(402);
    expect(await visitor.chat(pathOf('own'), body)).toEqual(first);
  });

  it("of an account is the lesser of its tier's and its own, at once", async () => {
    server.provider.script(() => saying(1));
    await setOwnBudget(server, 'own', { dailyUsd: '0.05' });
    expect((await ask(server, 'own')).status).toBe(402);
    await setOwnBudget(server, 'own', { dailyUsd: '5000' });
    expect((await ask(server, 'own')).status).toBe(200);
    const day = (await countersOf(server, 'own')).find(({ scope, period }) => scope === 'account' && period === 'day');
    expect(day?.limit).toBe('1000.00000000');
  });

  it('counts what was spent before there was a budget', async () => {
    server.provider.script(() => saying(MAX_TOKENS));
    await ask(server, 'late');
    await ask(server, 'late');
    await server.writeAgent({
      account: 'late',
      agent: 'helper',
      llm: { model: 'main', max_tokens: MAX_TOKENS },
      config: { budget: { monthly_usd: '0.25' } },
    });
    const { directory } = server.running;
    await expect.poll(async () => (await directory.get('late', 'helper')).config.budget.monthlyUsd).toBe('0.25');
    expect((await ask(server, 'late')).status).toBe(402);
    expect(await spentBy(server, 'late', 'agent')).toEqual(['0.20000000']);
    await expectSettled(server, 'late');
  });

  it('does not concern an agent that costs nothing', async () => {
    await setOwnBudget(server, 'free', { dailyUsd: '0', monthlyUsd: '0' });
    expect((await ask(server, 'free')).status).toBe(200);
    expect(await countersOf(server, 'free')).toEqual([]);
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
    expect(await spentBy(server, 'visited', 'visitor')).toEqual(['0.20000000']);
    // Another visitor is not concerned.
    const other = createVisitor(server.url);
    expect((await other.post(`${pathOf('visited', 'agent0')}/chat`, { message: 'Hello' })).status).toBe(200);
  });
});

describe('denial of wallet (M11)', () => {
  it("costs an account its day and no more, whoever the sender claims to be; tomorrow's is untouched", async () => {
    await setOwnBudget(server, 'wallet', { dailyUsd: '0.35' });
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
    expect(await spentBy(server, 'wallet', 'account')).toEqual(['0.30000000', '0.30000000']);
    await expectSettled(server, 'wallet');
  });
});

// Nobody else can hold a lock on the embedded database.
if (process.env['SALIENT_TEST_DATABASE'] === 'postgres')
  describe('a store that does not answer (M7)', () => {
    it('refuses with NOT_READY and asks no model; when it is back, so are the answers', async () => {
      server.provider.script(() => saying(1));
      expect((await ask(server, 'blocked')).status).toBe(200);
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
      expect((await ask(server, 'blocked')).status).toBe(200);
      await expectSettled(server, 'blocked');
    });
  });
