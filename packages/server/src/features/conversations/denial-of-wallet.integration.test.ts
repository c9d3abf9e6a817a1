import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answer } from '../../../test/fake-provider-replies.ts';
import { startTestServer, type TestServer } from '../../../test/start-test-server.ts';
import { createVisitor } from '../../../test/visitor.ts';
import { Decimal } from '../../db/decimal.ts';

const SHOP = '/accounts/acme/agents/shop';
const PAGE = 'https://shop.example';
/** Of one network address, in an hour. */
const TURNS_OF_ADDRESS = 12;
const VISITORS = 10;
const TURNS_OF_VISITOR = 5;
const COST = '0.01000000';
/** Of the agent, in a day: more than what the limits let through below. */
const DAILY_USD = '1.00';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer({
    agents: [
      {
        account: 'acme',
        agent: 'shop',
        llm: { max_tokens: 100 },
        config: { allowed_origins: [PAGE], budget: { daily_usd: DAILY_USD } },
      },
    ],
    app: {
      http: { trusted_proxies: 1 },
      limits: { address: { turns_per_hour: TURNS_OF_ADDRESS } },
      budgets: { unknown_price: { prompt_usd: '0', completion_usd: '100' } },
    },
  });
});

afterAll(() => server.stop());

/** A program that forges what it can: a page of the list, a new cookie for each call, and whatever else it says of itself. */
async function abuse(call: number, address: string, message: string): Promise<number> {
  const headers = {
    'X-Forwarded-For': `203.0.113.${call}, 2001:db8:${call}::1, ${address}`,
    'X-Real-IP': `203.0.113.${call}`,
    Forwarded: `for=203.0.113.${call}`,
    'User-Agent': `curl/8.${call}`,
  };
  const response = await createVisitor(server.url, PAGE).post(`${SHOP}/chat`, { message }, headers);
  await response.arrayBuffer();
  return response.status;
}

/** Somebody who talks. @returns what each of their messages was answered with */
async function talk(visitorNumber: number): Promise<number[]> {
  const visitor = createVisitor(server.url, PAGE);
  const headers = { 'X-Forwarded-For': `198.51.100.${visitorNumber}` };
  const statuses: number[] = [];
  for (let turn = 0; turn < TURNS_OF_VISITOR; turn += 1) {
    const response = await visitor.post(`${SHOP}/chat`, { message: `visitor ${visitorNumber} asks ${turn}` }, headers);
    await response.arrayBuffer();
    statuses.push(response.status);
  }
  return statuses;
}

const timesOf = (statuses: readonly number[], status: number) => statuses.filter((each) => each === status).length;

describe('denial of wallet (M11)', () => {
  it('is limited and bounded, while real visitors are served as if nothing happened', async () => {
    // Whoever asks for tools again and again gets one call of the model for a message, like anybody.
    server.provider.script(({ body }) => {
      const isLoop = JSON.stringify(body).includes('use your tools');
      return answer({
        text: 'Well.',
        finishReason: isLoop ? 'tool_calls' : 'stop',
        usage: { prompt_tokens: 1, completion_tokens: 1, cost: Number(COST) },
      });
    });
    const many = (count: number, attack: (call: number) => Promise<number>) =>
      Promise.all(Array.from({ length: count }, (_, call) => attack(call)));
    const [one, sweep, large, ...visitors] = await Promise.all([
      many(100, (call) => abuse(call, '192.0.2.1', 'use your tools for ever')),
      many(100, (call) => abuse(call, `2001:db8:5:5::${(call + 1).toString(16)}`, 'x'.repeat(2_000))),
      many(20, (call) => abuse(call, '192.0.2.3', 'x'.repeat(1_048_576))),
      ...Array.from({ length: VISITORS }, (_, index) => talk(index + 1)),
    ]);

    expect(visitors.flat()).toEqual(Array(VISITORS * TURNS_OF_VISITOR).fill(200));
    expect([timesOf(one, 200), timesOf(one, 429)]).toEqual([TURNS_OF_ADDRESS, 100 - TURNS_OF_ADDRESS]);
    expect([timesOf(sweep, 200), timesOf(sweep, 429)]).toEqual([TURNS_OF_ADDRESS, 100 - TURNS_OF_ADDRESS]);
    expect(timesOf(large, 413)).toBe(20);
    const turns = VISITORS * TURNS_OF_VISITOR + 2 * TURNS_OF_ADDRESS;
    expect(server.provider.requests).toHaveLength(turns);
    expect(await spent()).toBe(new Decimal(COST).mul(turns).toFixed(8));

    // From then on with an address for every call, as only a whole botnet has them: the day's ceiling holds.
    const botnet = await many(60, (call) => abuse(call, `100.64.${call}.1`, 'hello'));
    expect(timesOf(botnet, 402)).toBeGreaterThan(0);
    expect(timesOf(botnet, 200) + timesOf(botnet, 402)).toBe(60);
    expect(new Decimal(await spent()).lte(DAILY_USD)).toBe(true);
  });
});

async function spent(): Promise<string> {
  const rows = await server.ledger('acme');
  return rows.reduce((sum, { totalCost }) => sum.add(totalCost ?? 0), new Decimal(0)).toFixed(8);
}
