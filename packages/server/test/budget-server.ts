import type { ErrorBody } from '@salient/shared-types';
import { expect } from 'vitest';
import type { TestAgent } from './agent-folder.ts';
import { answer } from './fake-provider-replies.ts';
import type { Reply } from './fake-provider.ts';
import { queryAsOwnerOf } from './owner-access.ts';
import { startTestServer, type TestServer } from './start-test-server.ts';
import { createVisitor, type Visitor } from './visitor.ts';

/** No price is known for the test model: every token it says counts a tenth of a cent, what it reads nothing. */
const UNKNOWN_PRICE = { prompt_usd: '0', completion_usd: '1000' };
/** So the worst case of a call is ten cents. */
export const MAX_TOKENS = 100;
const ROOMY = { daily_usd: '1000.00', monthly_usd: '1000.00', visitor_daily_usd: '1000.00' };
/** What owners want said when a budget is spent. */
export const BUDGET_MESSAGE = 'We have talked enough for today.';
export const CHEAP = { inference_provider: 'openai_compatible', model: 'cheap' };

/** Starts a server whose accounts have room for everything that their agents do not limit. */
export function startBudgetServer(agents: TestAgent[]): Promise<TestServer> {
  return startTestServer({
    agents,
    app: { budgets: { unknown_price: UNKNOWN_PRICE, tiers: { free: ROOMY, enterprise: ROOMY } } },
  });
}

/** Stops it, when every counter is the sum of its ledger rows. */
export async function stopBudgetServer(server: TestServer): Promise<void> {
  expect(await server.running.database.budgets.check()).toEqual([]);
  await server.stop();
}

/** An agent whose calls cost ten cents at most. */
export function pricedAgent(account: string, agent = 'helper', config: Record<string, unknown> = {}): TestAgent {
  return { account, agent, llm: { model: 'main', max_tokens: MAX_TOKENS }, config };
}

/** The same with a budget, and the words for when it is spent. */
export function limitedAgent(account: string, budget: object): TestAgent {
  return pricedAgent(account, 'helper', { widget: { texts: { budget_message: BUDGET_MESSAGE } }, budget });
}

/** An answer that the provider counts so many tokens for. */
export function saying(tokens: number): Reply {
  return answer({ text: 'Well.', usage: { prompt_tokens: 10, completion_tokens: tokens } });
}

export function pathOf(account: string, agent = 'helper'): string {
  return `/accounts/${account}/agents/${agent}`;
}

export async function ask(
  server: TestServer,
  account: string,
  message = 'Hello',
  visitor: Visitor = createVisitor(server.url),
) {
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

export function countersOf(server: TestServer, account: string): Promise<Counter[]> {
  return queryAsOwnerOf<Counter>(
    server.running.database,
    `SELECT scope, period, starts_on::text, spent_usd::text AS spent, reserved_usd::text AS reserved, limit_usd::text AS "limit"
     FROM budget_counters JOIN accounts ON accounts.id = account_id AND slug = '${account}' ORDER BY starts_on, scope, period`,
  );
}

export async function spentBy(server: TestServer, account: string, scope: string): Promise<string[]> {
  return (await countersOf(server, account)).filter((counter) => counter.scope === scope).map(({ spent }) => spent);
}

/** Nothing is reserved, and every counter is the sum of its ledger rows. */
export async function expectSettled(server: TestServer, account: string): Promise<void> {
  for (const counter of await countersOf(server, account)) expect(counter).toMatchObject({ reserved: '0.00000000' });
  expect(await server.running.database.budgets.check()).toEqual([]);
}

export async function setOwnBudget(
  server: TestServer,
  slug: string,
  limits: { dailyUsd?: string; monthlyUsd?: string },
): Promise<void> {
  await server.running.database.withAccountSlug(slug, async (tx, { id: accountId }) => {
    await tx.accountBudget.upsert({ where: { accountId }, create: { accountId, ...limits }, update: limits });
  });
}
