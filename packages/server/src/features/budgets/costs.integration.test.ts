import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answer } from '../../../test/fake-provider-replies.ts';
import { createPerson, type Person } from '../../../test/person.ts';
import { startTestServer, type TestServer } from '../../../test/start-test-server.ts';
import { createVisitor } from '../../../test/visitor.ts';
import { Decimal } from '../../db/decimal.ts';
import type { UsageSummary } from '../usage/index.ts';
import type { AccountBudgets } from './get-budget.ts';

const CEILING = { daily_usd: '5.00000000', monthly_usd: '50.00000000', visitor_daily_usd: null };
const TODAY = new Date().toISOString().slice(0, 10);

let server: TestServer;
let owner: Person;

beforeAll(async () => {
  const tier = { daily_usd: '5.00', monthly_usd: '50.00', visitor_daily_usd: null };
  const agent = (account: string, name: string, model: string) => ({
    account,
    agent: name,
    llm: { model, max_tokens: 100 },
  });
  server = await startTestServer({
    agents: [
      agent('acme', 'first', 'one'),
      agent('acme', 'second', 'two'),
      agent('quiet', 'helper', 'one'),
      { ...agent('warned', 'helper', 'one'), config: { budget: { daily_usd: '0.50' } } },
      agent('globex', 'helper', 'one'),
    ],
    app: { budgets: { tiers: { free: tier, enterprise: tier } } },
  });
  owner = await createPerson(server, { account: 'acme' });
});

afterAll(() => server.stop());

async function spend(account: string, agent: string, cost: string | null): Promise<void> {
  const usage = { prompt_tokens: 7, completion_tokens: 3, ...(cost !== null && { cost: Number(cost) }) };
  server.provider.script(() => answer({ text: 'Well.', usage }));
  await createVisitor(server.url).chat(`/accounts/${account}/agents/${agent}`, { message: 'Hello' });
}

async function read<T>(person: Person, path: string): Promise<T> {
  const response = await person.fetch(path);
  expect(response.status).toBe(200);
  return (await response.json()) as T;
}

async function setBudget(person: Person, account: string, limits: object) {
  const body = { daily_usd: null, monthly_usd: null, visitor_daily_usd: null, ...limits };
  const response = await person.send('PUT', `/accounts/${account}/admin/budget`, body);
  return { status: response.status, body: (await response.json()) as AccountBudgets & { detail: string } };
}

describe('what an account has spent', () => {
  it('is the exact sum of its ledger, by agent, day and model', async () => {
    for (const cost of ['0.1', '0.2', '0.00000001', null]) await spend('acme', 'first', cost);
    for (const cost of ['0.3', null]) await spend('acme', 'second', cost);
    await spend('globex', 'helper', '1');
    const rows = await server.ledger('acme');
    const sum = (of: typeof rows) =>
      of.reduce((total, { totalCost }) => total.add(totalCost ?? 0), new Decimal(0)).toFixed(8);
    expect(sum(rows)).toBe('0.60000001');

    const byAgent = await read<UsageSummary>(owner, '/accounts/acme/admin/usage?group_by=agent');
    expect(
      byAgent.groups.map(({ name, requests, total_cost, unpriced_requests }) => [
        name,
        requests,
        total_cost,
        unpriced_requests,
      ]),
    ).toEqual([
      ['first', 4, '0.30000001', 1],
      ['second', 2, '0.30000000', 1],
    ]);
    const tokens = { prompt_tokens: 42, completion_tokens: 18, total_tokens: 60 };
    const total = { requests: 6, ...tokens, total_cost: sum(rows), unpriced_requests: 2, estimated_requests: 0 };
    expect(byAgent.total).toEqual(total);
    const byDay = await read<UsageSummary>(owner, `/accounts/acme/admin/usage?group_by=day&from=${TODAY}&to=${TODAY}`);
    expect(byDay).toMatchObject({ from: TODAY, to: TODAY, total, groups: [{ name: TODAY, ...total }] });
    const byModel = await read<UsageSummary>(owner, '/accounts/acme/admin/usage?group_by=model');
    expect(byModel.groups.map(({ name }) => name)).toEqual(['openai_compatible one', 'openai_compatible two']);
    expect(byModel.total).toEqual(total);
  });

  it('is nothing in a period without calls', async () => {
    const summary = await read<UsageSummary>(owner, '/accounts/acme/admin/usage?from=2020-02-01&to=2020-02-29');
    expect(summary).toMatchObject({ groups: [], total: { requests: 0, total_cost: '0.00000000' } });
  });

  it.each([
    'from=2026-02-30',
    'from=2026-02-02&to=2026-02-01',
    'from=2020-01-01&to=2026-01-01',
    'group_by=visitor',
    'colour=red',
  ])('refuses a question that makes no sense: %s', async (query) => {
    expect((await owner.fetch(`/accounts/acme/admin/usage?${query}`)).status).toBe(422);
  });
});

describe('what an account may spend', () => {
  it('is what its tier allows, until it chooses less, in force with the next message', async () => {
    const quiet = await createPerson(server, { account: 'quiet' });
    const path = '/accounts/quiet/admin/budget';
    const before = await read<AccountBudgets>(quiet, path);
    const nothing = { daily_usd: null, monthly_usd: null, visitor_daily_usd: null };
    expect(before).toMatchObject({ ceiling: CEILING, chosen: nothing });
    expect(
      before.current.map(({ scope, period, limit_usd, spent_usd }) => [scope, period, limit_usd, spent_usd]),
    ).toEqual([
      ['account', 'day', '5.00000000', '0.00000000'],
      ['account', 'month', '50.00000000', '0.00000000'],
    ]);

    await spend('quiet', 'helper', '0.75');
    const changed = await setBudget(quiet, 'quiet', { daily_usd: '0.75' });
    expect(changed).toMatchObject({ status: 200, body: { chosen: { ...nothing, daily_usd: '0.75000000' } } });
    const visitor = createVisitor(server.url);
    expect((await visitor.post('/accounts/quiet/agents/helper/chat', { message: 'Hello' })).status).toBe(402);
    const after = await read<AccountBudgets>(quiet, path);
    expect(after.current[0]).toMatchObject({
      limit_usd: '0.75000000',
      spent_usd: '0.75000000',
      reserved_usd: '0.00000000',
    });
    expect((await setBudget(quiet, 'quiet', {})).status).toBe(200);
    expect((await visitor.post('/accounts/quiet/agents/helper/chat', { message: 'Hello' })).status).toBe(200);

    const audited = await server.running.database.withAccountSlug('quiet', (tx) =>
      tx.auditEvent.findMany({ where: { action: 'budget.changed' }, orderBy: { position: 'asc' } }),
    );
    expect(audited?.map(({ actorId, before: from, after: to }) => [actorId, from, to])).toEqual([
      [quiet.id, nothing, { ...nothing, daily_usd: '0.75000000' }],
      [quiet.id, { ...nothing, daily_usd: '0.75000000' }, nothing],
    ]);
  });

  it('cannot be more than the tier allows, nor something else than money', async () => {
    const above = await setBudget(owner, 'acme', { monthly_usd: '50.01' });
    expect([above.status, above.body.detail]).toEqual([
      422,
      "monthly_usd: must not be above 50.00000000, what the account's tier allows.",
    ]);
    for (const daily_usd of ['-1', '1e3', 1, '1.123456789']) {
      expect((await setBudget(owner, 'acme', { daily_usd })).status).toBe(422);
    }
  });

  it('tells its people when it runs low and when it is spent, once a period', async () => {
    await spend('warned', 'helper', '0.45');
    const visitor = createVisitor(server.url);
    server.provider.script(() => answer({ usage: { prompt_tokens: 1, completion_tokens: 1, cost: 0.2 } }));
    await visitor.post('/accounts/warned/agents/helper/chat', { message: 'Hello' });
    for (let again = 0; again < 2; again += 1) {
      expect((await visitor.post('/accounts/warned/agents/helper/chat', { message: 'Hello' })).status).toBe(402);
    }
    const viewer = await createPerson(server, { account: 'warned', role: 'viewer' });
    const { notifications } = await read<{ notifications: object[] }>(viewer, '/accounts/warned/admin/notifications');
    const about = { scope: 'agent', agent: 'helper', period: 'day', starts_on: TODAY, limit_usd: '0.50000000' };
    expect(notifications).toMatchObject([
      { kind: 'budget_reached', ...about, spent_usd: '0.65000000' },
      { kind: 'budget_low', ...about, spent_usd: '0.45000000' },
    ]);
    expect(notifications).toHaveLength(2);
    expect(await read(owner, '/accounts/acme/admin/notifications?limit=5')).toEqual({ notifications: [] });
    expect((await setBudget(viewer, 'warned', { daily_usd: '1' })).status).toBe(403);
  });

  it('is nobody else’s to see', async () => {
    for (const route of ['usage', 'budget', 'notifications']) {
      expect((await owner.fetch(`/accounts/globex/admin/${route}`)).status).toBe(404);
      expect((await createVisitor(server.url).fetch(`/accounts/acme/admin/${route}`)).status).toBe(401);
    }
  });
});
