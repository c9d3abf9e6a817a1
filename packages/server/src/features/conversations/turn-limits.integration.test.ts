import { setTimeout as wait } from 'node:timers/promises';
import type { ErrorBody } from '@salient/shared-types';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answer, httpError } from '../../../test/fake-provider-replies.ts';
import { holdReply } from '../../../test/held-reply.ts';
import { startTestServer, type TestServer } from '../../../test/start-test-server.ts';
import { createVisitor, type Visitor } from '../../../test/visitor.ts';

/** A limit so low, or so slow to come back, that nothing comes back while a test runs. */
const LOW = 3;
const at = (agent: string, account = 'acme') => `/accounts/${account}/agents/${agent}`;

let server: TestServer;

beforeAll(async () => {
  const agentOf = (account: string, agent: string, rateLimits: Record<string, number>, llm = {}) => ({
    account,
    agent,
    config: { rate_limits: rateLimits },
    llm,
  });
  const plenty = { max_requests_per_minute: 1_000_000, max_tokens_per_hour: 1_000_000_000 };
  server = await startTestServer({
    agents: [
      { account: 'acme', agent: 'free' },
      agentOf('acme', 'one', { ...plenty, max_requests_per_minute: 1 }),
      agentOf('acme', 'few', { ...plenty, max_requests_per_minute: LOW }),
      agentOf('acme', 'shared', { ...plenty, max_agent_requests_per_minute: LOW }),
      agentOf('acme', 'tokens', { ...plenty, max_tokens_per_hour: 5_000 }, { max_tokens: 3_000 }),
      agentOf('acme', 'all_tokens', { ...plenty, max_agent_tokens_per_hour: 5_000 }, { max_tokens: 3_000 }),
      { account: 'other', agent: 'free' },
    ],
    app: {
      http: { trusted_proxies: 1 },
      limits: { address: { turns_per_hour: 6 } },
    },
  });
});

afterAll(() => server.stop());

let lastAddress = 0;

/** A visitor behind the proxy, at an address of their own unless one is named. */
function createVisitorAt(address = `198.51.100.${(lastAddress += 1)}`): Visitor {
  const visitor = createVisitor(server.url);
  return {
    ...visitor,
    fetch: (path) => visitor.fetch(path, { headers: { 'X-Forwarded-For': address } }),
    post: (path, body, headers) => visitor.post(path, body, { ...headers, 'X-Forwarded-For': address }),
  };
}

const send = (visitor: Visitor, agent: string, body: Record<string, unknown> = {}) =>
  visitor.post(`${agent}/chat`, { message: 'hello', ...body });

async function statusesOf(count: number, ask: () => Promise<Response>): Promise<number[]> {
  const statuses: number[] = [];
  for (let sent = 0; sent < count; sent += 1) statuses.push((await ask()).status);
  return statuses;
}

describe('a visitor past the limit', () => {
  it('reads when to come back, as a header and as a sentence, and what the limit is', async () => {
    const visitor = createVisitorAt();
    const [first, second, third] = [
      await send(visitor, at('few')),
      await send(visitor, at('few')),
      await send(visitor, at('few')),
    ];
    expect([first, second, third].map(({ headers }) => headers.get('RateLimit-Remaining'))).toEqual(['2', '1', '0']);
    expect(third.headers.get('RateLimit-Limit')).toBe(`${LOW}`);
    expect(third.headers.get('RateLimit-Policy')).toBe(`"visitor";q=${LOW};w=60`);
    expect(Number(third.headers.get('RateLimit-Reset'))).toBeGreaterThan(50);

    const before = server.provider.requests.length;
    const refused = await send(visitor, at('few'));
    expect(refused.status).toBe(429);
    const seconds = Number(refused.headers.get('Retry-After'));
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThanOrEqual(60 / LOW);
    expect(await refused.json()).toEqual({
      error: 'Too many requests',
      detail: `That was too much in a short time. Try again in ${seconds} seconds.`,
      code: 'RATE_LIMIT_EXCEEDED',
      request_id: refused.headers.get('X-Request-ID') ?? '',
    } satisfies ErrorBody);
    expect(refused.headers.get('RateLimit-Remaining')).toBe('0');
    expect(refused.headers.get('Access-Control-Expose-Headers')).toContain('Retry-After');
    expect(server.provider.requests).toHaveLength(before);
  });

  it('is refused by stream as well, as a plain error before any event', async () => {
    const visitor = createVisitorAt();
    await statusesOf(LOW, () => send(visitor, at('few')));
    const refused = await visitor.post(`${at('few')}/stream`, { message: 'hello' });
    expect([refused.status, refused.headers.get('Content-Type')]).toEqual([429, 'application/json; charset=utf-8']);
    expect((await visitor.fetch(`${at('few')}/stream?message=hello`)).status).toBe(429);
  });

  it('is alone with it: not other visitors, nor other agents', async () => {
    const visitor = createVisitorAt();
    await statusesOf(LOW + 1, () => send(visitor, at('few')));
    expect((await send(createVisitorAt(), at('few'))).status).toBe(200);
    expect((await send(visitor, at('free'))).status).toBe(200);
  });

  it('is let in again once the time is over that was named, however often they tried meanwhile', async () => {
    const { visitor, waitMs } = await useUp();
    const until = performance.now() + waitMs;
    // The header is rounded up to whole seconds.
    while (performance.now() < until - 4_000) {
      expect((await send(visitor, at('few'))).status).toBe(429);
      await wait(2_000);
    }
    await wait(until - performance.now());
    expect((await send(visitor, at('few'))).status).toBe(200);
  });

  async function useUp() {
    const visitor = createVisitorAt();
    await statusesOf(LOW, () => send(visitor, at('few')));
    const refused = await send(visitor, at('few'));
    return { visitor, waitMs: Number(refused.headers.get('Retry-After')) * 1000 };
  }
});

describe('what costs nothing', () => {
  it('S14: fifty equal sends at once are one, also where the limit is one', async () => {
    const visitor = createVisitorAt();
    await visitor.history(at('one'));
    const before = server.provider.requests.length;
    const replies = await Promise.all(
      Array.from({ length: 50 }, () => send(visitor, at('one'), { client_message_id: 'same' })),
    );
    expect(replies.map(({ status }) => status)).toEqual(Array(50).fill(200));
    const bodies = await Promise.all(replies.map((reply) => reply.text()));
    expect(new Set(bodies).size).toBe(1);
    expect(server.provider.requests.length - before).toBe(1);
    expect((await send(visitor, at('one'))).status).toBe(429);
  });

  it('S14: a message that was sent before gets its answer past the limit; under another text it is still refused as such', async () => {
    const visitor = createVisitorAt();
    const first = await send(visitor, at('one'), { client_message_id: 'once' });
    expect((await send(visitor, at('one'), { client_message_id: 'twice' })).status).toBe(429);
    const again = await send(visitor, at('one'), { client_message_id: 'once' });
    expect([again.status, await again.text()]).toEqual([200, await first.text()]);
    const other = await send(visitor, at('one'), { client_message_id: 'once', message: 'other words' });
    expect(other.status).toBe(422);
  });

  it('a message that was refused by a limit was not sent: after the wait it is a new one', async () => {
    const visitor = createVisitorAt();
    await send(visitor, at('one'), { client_message_id: 'first' });
    expect((await send(visitor, at('one'), { client_message_id: 'second' })).status).toBe(429);
    const { messages } = (await (await visitor.fetch(`${at('one')}/history`)).json()) as { messages: unknown[] };
    expect(messages).toHaveLength(2);
  });

  it('a message that comes while another is answered, or that replaces the wrong one', async () => {
    const visitor = createVisitorAt();
    await visitor.history(at('few'));
    const held = holdReply(answer({ text: 'Done.' }));
    const before = server.provider.requests.length;
    server.provider.script(() => held.reply);
    const running = send(visitor, at('few'));
    await expect.poll(() => server.provider.requests.length).toBe(before + 1);
    const busy = await statusesOf(5, () => send(visitor, at('few')));
    held.release();
    await running;
    server.provider.script(() => answer());
    const replacing = await statusesOf(2, () =>
      send(visitor, at('few'), { replaces: '00000000-0000-4000-8000-000000000000' }),
    );
    expect([...busy, ...replacing]).toEqual([409, 409, 409, 409, 409, 422, 422]);
    expect(await statusesOf(LOW, () => send(visitor, at('few')))).toEqual([200, 200, 429]);
  });
});

describe('limits of everybody together', () => {
  it('hold an agent, whoever asks', async () => {
    expect(await statusesOf(LOW + 1, () => send(createVisitorAt(), at('shared')))).toEqual([200, 200, 200, 429]);
  });

  it('T10: hold a noisy account, and no other one notices', async () => {
    const shared = await startTestServer({
      agents: [
        { account: 'noisy', agent: 'loud' },
        { account: 'quiet', agent: 'calm' },
      ],
      app: { tiers: { enterprise: { max_agents: 2, requests_per_hour: 5 } } },
    });
    const ask = (agent: string) => send(createVisitor(shared.url), agent);
    const noisy = await Promise.all(Array.from({ length: 100 }, () => ask(at('loud', 'noisy'))));
    expect(noisy.filter(({ status }) => status === 200)).toHaveLength(5);
    expect(noisy.filter(({ status }) => status === 429)).toHaveLength(95);
    expect(await statusesOf(5, () => ask(at('calm', 'quiet')))).toEqual(Array(5).fill(200));
    await shared.stop();
  });
});

describe('an address', () => {
  it('M11: is one sender, whatever cookies it throws away and whatever it says about itself', async () => {
    let forged = 0;
    const statuses = await statusesOf(9, () =>
      createVisitor(server.url).post(
        `${at('free')}/chat`,
        { message: 'hello' },
        {
          'X-Forwarded-For': `203.0.113.${(forged += 1)}, 192.0.2.1`,
          'X-Real-IP': `203.0.113.${forged}`,
          Forwarded: `for=203.0.113.${forged}`,
        },
      ),
    );
    expect(statuses).toEqual([...Array(6).fill(200), 429, 429, 429]);
    expect((await send(createVisitorAt('192.0.2.2'), at('free'))).status).toBe(200);
  });

  it('M11: is a whole /64 in IPv6', async () => {
    let host = 0;
    const sweep = await statusesOf(8, () => send(createVisitorAt(`2001:db8:5:5::${(host += 1)}`), at('free')));
    expect(sweep).toEqual([...Array(6).fill(200), 429, 429]);
    expect((await send(createVisitorAt('2001:db8:5:6::1'), at('free'))).status).toBe(200);
  });

  it('T10: used up at one account is not used up at another', async () => {
    const address = '192.0.2.77';
    await statusesOf(7, () => send(createVisitorAt(address), at('free')));
    expect((await send(createVisitorAt(address), at('free', 'other'))).status).toBe(200);
  });
});

describe('tokens', () => {
  const used = (prompt_tokens: number, completion_tokens: number) =>
    answer({
      text: 'ok',
      usage: { prompt_tokens, completion_tokens, total_tokens: prompt_tokens + completion_tokens },
    });

  it('are taken by estimate before the call and given back by what was used: short answers do not use up long ones', async () => {
    server.provider.script(() => used(10, 5));
    const visitor = createVisitorAt();
    for (let turn = 0; turn < 4; turn += 1) {
      // What the last turn left is given back within a second or so.
      await expect.poll(async () => (await send(visitor, at('tokens'))).status).toBe(200);
    }
  });

  it('are counted as used where that is more than the estimate', async () => {
    server.provider.script(() => used(9_000, 5));
    const visitor = createVisitorAt();
    expect((await send(visitor, at('tokens'))).status).toBe(200);
    await expect
      .poll(async () => Number((await send(visitor, at('tokens'))).headers.get('Retry-After')))
      .toBeGreaterThan(4_800);
  });

  it('of failed attempts count with those of the one that answered', async () => {
    let calls = 0;
    server.provider.script(() => {
      calls += 1;
      return calls === 1 ? httpError(503) : used(1_000, 4_000);
    });
    const visitor = createVisitorAt();
    expect((await send(visitor, at('tokens'))).status).toBe(200);
    await expect
      .poll(async () => (await send(visitor, at('tokens'))).headers.get('RateLimit-Policy'))
      .toBe('"visitor-tokens";q=5000;w=3600');
  });

  it('M11: of an agent hold, however many visitors ask', async () => {
    server.provider.script(() => used(4_000, 900));
    expect((await send(createVisitorAt(), at('all_tokens'))).status).toBe(200);
    const refused = await send(createVisitorAt(), at('all_tokens'));
    expect([refused.status, refused.headers.get('RateLimit-Policy')]).toEqual([429, '"agent-tokens";q=5000;w=3600']);
    server.provider.script(() => answer());
  });
});

describe('what the operator sees', () => {
  it('a counter for each limit and account, and the limit in the line of the request; no address anywhere', async () => {
    const visitor = createVisitorAt('192.0.2.200');
    await statusesOf(LOW + 1, () => send(visitor, at('few')));
    const metrics = await (await fetch(`${server.url}/metrics`)).text();
    expect(metrics).toMatch(/salient_limit_refusals_total\{limit="visitor",account="acme"\} \d+/);
    const lines = server.logs().split('\n');
    expect(lines.some((line) => line.includes('"status":429') && line.includes('"limit":"visitor"'))).toBe(true);
    expect(server.logs()).not.toMatch(/192\.0\.2\.|198\.51\.100\.|203\.0\.113\.|2001:db8/);
  });
});
