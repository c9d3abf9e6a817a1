import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  ask,
  CHEAP,
  MAX_TOKENS,
  pathOf,
  pricedAgent,
  saying,
  startBudgetServer,
  stopBudgetServer,
} from '../../../test/budget-server.ts';
import { answer } from '../../../test/fake-provider-replies.ts';
import { queryAsOwnerOf } from '../../../test/owner-access.ts';
import type { TestServer } from '../../../test/start-test-server.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startBudgetServer([
    pricedAgent('low', 'helper', { budget: { daily_usd: '1.00', fallback_model: CHEAP } }),
    pricedAgent('quoting', 'helper', {
      budget: { daily_usd: '0.15', fallback_model: { inference_provider: 'local', model: 'local' } },
    }),
  ]);
});

afterAll(() => stopBudgetServer(server));

describe('a budget that runs low', () => {
  it('is told once: as a notification, in the log, in the metrics; and the cheaper model takes over', async () => {
    server.provider.script(() => answer({ usage: { prompt_tokens: 1, completion_tokens: 1, cost: 0.79 } }));
    await ask(server, 'low');
    server.provider.script(() => answer({ usage: { prompt_tokens: 1, completion_tokens: 1, cost: 0.01 } }));
    await ask(server, 'low');
    expect(server.provider.requests.at(-1)?.model).toBe('main');
    await ask(server, 'low');
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
  });

  it('is answered by quoting knowledge, where that is the cheaper model, also when nothing is left', async () => {
    server.provider.script(() => saying(MAX_TOKENS));
    await ask(server, 'quoting');
    const calls = server.provider.requests.length;
    const { status, visitor } = await ask(server, 'quoting');
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
