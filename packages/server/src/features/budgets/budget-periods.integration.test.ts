import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  ask,
  countersOf,
  expectSettled,
  MAX_TOKENS,
  pathOf,
  pricedAgent,
  saying,
  startBudgetServer,
  stopBudgetServer,
} from '../../../test/budget-server.ts';
import { holdReply } from '../../../test/held-reply.ts';
import { queryAsOwnerOf } from '../../../test/owner-access.ts';
import type { TestServer } from '../../../test/start-test-server.ts';
import { createVisitor } from '../../../test/visitor.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startBudgetServer([pricedAgent('clock', 'helper', { budget: { daily_usd: '0.25' } })]);
});

afterAll(() => stopBudgetServer(server));

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
      await ask(server, 'clock');
      const held = holdReply(saying(MAX_TOKENS));
      server.provider.script(() => held.reply);
      const visitor = createVisitor(server.url);
      await visitor.history(pathOf('clock'));
      const reading = visitor.stream(pathOf('clock'), { message: 'Hello' });
      // Asked, not only reserved for: the next reply is another.
      await expect.poll(() => server.provider.requests.filter(({ closedAt }) => closedAt === null)).toHaveLength(1);
      expect((await countersOf(server, 'clock')).map(({ reserved }) => reserved)).toContain('0.10000000');
      await moveClock('2099-02-01');
      server.provider.script(() => saying(50));
      await ask(server, 'clock');
      held.release();
      await reading;
      const day = (await countersOf(server, 'clock')).filter(
        ({ scope, period }) => scope === 'agent' && period === 'day',
      );
      expect(day.map(({ starts_on, spent, reserved }) => [starts_on, spent, reserved])).toEqual([
        ['2099-01-31', '0.20000000', '0.00000000'],
        ['2099-02-01', '0.05000000', '0.00000000'],
      ]);
      const month = (await countersOf(server, 'clock')).filter(
        ({ scope, period }) => scope === 'account' && period === 'month',
      );
      expect(month.map(({ starts_on, spent }) => [starts_on, spent])).toEqual([
        ['2099-01-01', '0.20000000'],
        ['2099-02-01', '0.05000000'],
      ]);
      // The day before is full, this one is not.
      await moveClock('2099-01-31');
      expect((await ask(server, 'clock')).status).toBe(402);
      await moveClock('2099-02-01');
      expect((await ask(server, 'clock')).status).toBe(200);
      await expectSettled(server, 'clock');
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
