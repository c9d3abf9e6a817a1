import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCluster, type Cluster } from './cluster.ts';
import type { SpawnedServer } from './spawn-server.ts';
import { createVisitor } from './visitor.ts';

// No price is known for these models: a token of an answer counts a tenth of a cent, so an answer of 100 words costs ten
// cents, and that is also the worst case of a call.
const WORST_CENTS = 10;
const WHOLE = 'words:count=100,delay=15';
const QUICK = 'words:count=20,delay=1';
const SLOW = 'words:count=60,delay=60';
const FAULTY = [
  'fault:cut',
  'fault:server-error',
  'fault:html',
  'fault:unauthorized',
  'fault:error-first',
  'fault:no-usage',
];
const CHAOS = [QUICK, SLOW, ...FAULTY];

let cluster: Cluster;
let servers: SpawnedServer[];

beforeAll(async () => {
  const chaos = Object.fromEntries(CHAOS.map((model, index) => [`chaos/agent${index}`, model]));
  const roomy = { daily_usd: '1000.00', monthly_usd: '1000.00', visitor_daily_usd: null };
  cluster = await createCluster({
    models: { 'ten/helper': WHOLE, ...chaos },
    llm: { max_tokens: 100 },
    budgets: { 'ten/helper': { daily_usd: '1.00' } },
    app: {
      budgets: {
        unknown_price: { prompt_usd: '0', completion_usd: '1000' },
        tiers: { free: roomy, enterprise: roomy },
      },
    },
  });
  servers = await Promise.all([cluster.start(), cluster.start(), cluster.start()]);
});

afterAll(() => cluster.close());

async function send(index: number, account: string, agent: string, message: string): Promise<number | null> {
  const visitor = createVisitor(servers[index % servers.length]?.url ?? '');
  // A killed process answers nobody.
  const response = await visitor.post(`/accounts/${account}/agents/${agent}/chat`, { message }).catch(() => null);
  await response?.arrayBuffer().catch(() => null);
  return response?.status ?? null;
}

const problems = () => cluster.query('SELECT * FROM check_budgets()');

async function reserved(): Promise<number> {
  const [row] = await cluster.query<{ usd: string }>(
    'SELECT coalesce(sum(reserved_usd), 0)::text AS usd FROM budget_counters',
  );
  return Number(row?.usd);
}

describe('three processes', () => {
  // Not tried again: by then the budget is spent.
  it(
    'M5: with a budget for 10 worst-case calls and 200 messages at once, at most 10 calls are made',
    { retry: 0 },
    async () => {
      const statuses = await Promise.all(
        Array.from({ length: 200 }, (_, index) => send(index, 'ten', 'helper', `go ${index}`)),
      );
      expect(count(statuses.map(String))).toEqual({ 200: 10, 402: 190 });
      expect((await cluster.provider.readRequests()).filter(({ model }) => model === WHOLE)).toHaveLength(10);
      const [agent] = await cluster.query<{ spent: string; limit: string }>(
        `SELECT spent_usd::text AS spent, limit_usd::text AS "limit" FROM budget_counters WHERE scope = 'agent'`,
      );
      expect(agent).toEqual({ spent: ((10 * WORST_CENTS) / 100).toFixed(8), limit: '1.00000000' });
      expect([await reserved(), await problems()]).toEqual([0, []]);
    },
  );

  it('M6, M12: over every kind of end, with processes killed, nothing stays reserved, and our sum is the provider’s', async () => {
    const sent: string[] = [];
    const over = new AbortController();
    const talk = async (lane: number): Promise<void> => {
      for (let turn = 0; !over.signal.aborted; turn += 1) {
        const message = `lane ${lane} turn ${turn}`;
        sent.push(message);
        await send(lane + turn, 'chaos', `agent${(lane + turn) % CHAOS.length}`, message);
      }
    };
    const talking = Promise.all(Array.from({ length: 12 }, (_, lane) => talk(lane)));
    const checks: unknown[] = [];
    while (servers.length > 1) {
      for (let check = 0; check < 4; check += 1) {
        await wait(500);
        checks.push(...(await problems()));
      }
      await servers.shift()?.end('SIGKILL');
      checks.push(...(await problems()));
    }
    over.abort();
    await talking;
    expect(checks).toEqual([]);
    expect(sent.length).toBeGreaterThan(50);

    // Within the lease, and the interval at which processes look.
    await expect.poll(reserved, { timeout: 45_000 }).toBe(0);
    expect(await cluster.query(`SELECT id FROM messages WHERE status = 'pending'`)).toEqual([]);
    expect(await problems()).toEqual([]);

    const rows = await cluster.query<LedgerRow>(
      `SELECT question.content AS message, request.model_requested AS model, completion_tokens, usage_source,
         response_body ->> 'error' AS error
       FROM llm_requests AS request JOIN messages AS question ON question.turn_id = request.turn_id AND question.role = 'user'
       WHERE request.account_slug = 'chaos'`,
    );
    const calls = (await cluster.provider.readRequests()).filter(({ model }) => model !== WHOLE);
    // A process may be killed between noting a call and making it: that one is counted, by its estimate, as it might have
    // been made. Every other call is on the bill as often as the provider was asked.
    const lost = new Set(rows.filter(({ error }) => error === 'lost').map(({ message }) => message));
    const asked = calls.map(({ body }) => (body['messages'] as { content: string }[]).at(-1)?.content ?? '');
    expect(count(asked.filter((message) => !lost.has(message)))).toEqual(
      count(rows.map(({ message }) => message).filter((message) => !lost.has(message))),
    );
    expect([...new Set(asked)].filter((message) => rows.every((row) => row.message !== message))).toEqual([]);
    // What the provider has counted and said, to the last token.
    const wordsOf = (model: string) => Number(/count=(\d+)/.exec(model)?.[1] ?? 0);
    const told = calls.filter(({ replied, model }) => replied && wordsOf(model) > 0);
    const ours = rows.filter(({ usage_source, model }) => usage_source === 'provider' && wordsOf(model) > 0);
    const lostReplies = told.filter(({ body }) =>
      lost.has((body['messages'] as { content: string }[]).at(-1)?.content ?? ''),
    );
    expect(sum(ours.map(({ completion_tokens }) => completion_tokens))).toBe(
      sum(told.map(({ model }) => wordsOf(model))) - sum(lostReplies.map(({ model }) => wordsOf(model))),
    );
  }, 180_000);
});

interface LedgerRow {
  message: string;
  model: string;
  completion_tokens: number;
  usage_source: string;
  error: string | null;
}

function count(messages: string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const message of messages.toSorted()) counts[message] = (counts[message] ?? 0) + 1;
  return counts;
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
