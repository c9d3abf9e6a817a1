import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SessionUsage } from '@salient/shared-types';
import { describeStart } from '../../describe-start.ts';
import { loadConfig } from '../../config.ts';
import { createLog } from '../../log.ts';
import { startFakeProvider, type FakeProvider } from '../../../test/fake-provider.ts';
import { answer } from '../../../test/fake-provider-replies.ts';
import { startTestServer, type TestServer } from '../../../test/start-test-server.ts';
import { createVisitor } from '../../../test/visitor.ts';

const USAGE = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 };

/** Agent and what is unknown about it. */
const UNPRICED = [
  ['alias', 'openrouter openrouter/auto'],
  ['fallback', 'openai gpt-5-imagined'],
  ['misspelt', 'openai gpt-4o-minii'],
  ['own_server', 'openai_compatible echo'],
] as const;

let remote: FakeProvider;
let server: TestServer;

beforeAll(async () => {
  remote = await startFakeProvider();
  remote.script(() => answer({ usage: USAGE }));
  const openai = { inference_provider: 'openai', model: 'gpt-4o-mini' };
  server = await startTestServer({
    agents: [
      { account: 'acme', agent: 'priced', llm: openai },
      { account: 'acme', agent: 'quoting', config: { llm: { inference_provider: 'local' } } },
      { account: 'acme', agent: 'misspelt', llm: { ...openai, model: 'gpt-4o-minii' } },
      { account: 'acme', agent: 'alias', llm: { inference_provider: 'openrouter', model: 'openrouter/auto' } },
      { account: 'acme', agent: 'own_server' },
      {
        account: 'acme',
        agent: 'fallback',
        llm: { ...openai, fallbacks: [{ ...openai, model: 'gpt-5-imagined' }] },
      },
    ],
    environment: {
      OPENAI_API_KEY: 'test-key',
      OPENAI_BASE_URL: remote.baseUrl,
      OPENROUTER_API_KEY: 'test-key',
      OPENROUTER_BASE_URL: remote.baseUrl,
    },
  });
});

afterAll(async () => {
  await server.stop();
  await remote.close();
});

describe('a model without a known price (M4)', () => {
  it('is named at the start, and in the log when its agent is loaded', async () => {
    const printed = await describeStart(server.running, loadConfig({ NODE_ENV: 'test' }), createLog('silent'));
    const lines = printed.split('\n');
    for (const agent of ['priced', 'quoting', ...UNPRICED.map(([name]) => name)]) {
      const next = lines[lines.findIndex((line) => line.includes(`acme/${agent} `)) + 1] ?? '';
      const unpriced = UNPRICED.find(([name]) => name === agent)?.[1];
      if (unpriced) expect(next.trim()).toBe(`no price known for ${unpriced}: see config/pricing.yaml`);
      else expect(next).not.toContain('no price');
    }
    const warned = server
      .logs()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .filter(({ msg }) => msg === 'no price known');
    const named = Object.fromEntries(warned.map(({ agent, unpriced }) => [agent, unpriced]));
    expect(named).toEqual(Object.fromEntries(UNPRICED.map(([agent, unpriced]) => [agent, [unpriced]])));
    expect(warned).toHaveLength(UNPRICED.length);
  });

  it.each(['misspelt', 'alias', 'own_server'])('costs null, never 0, and is counted apart: %s', async (agent) => {
    server.provider.script(() => answer({ usage: USAGE }));
    const visitor = createVisitor(server.url);
    const { usage, session_id } = await visitor.chat(`/accounts/acme/agents/${agent}`, { message: 'How much?' });
    expect(usage).toMatchObject({
      prompt_cost: null,
      completion_cost: null,
      total_cost: null,
      cost_source: 'unknown',
      usage_source: 'provider',
    });
    const rows = (await server.ledger('acme')).filter(({ sessionId }) => sessionId === session_id);
    expect(rows).toMatchObject([{ totalCost: null, promptUnitCost: null, costSource: 'unknown', totalTokens: 15 }]);
    const sum = (await (await visitor.fetch(`/api/session/${session_id}/usage`)).json()) as SessionUsage;
    expect(sum).toMatchObject({ requests: 1, total_cost: '0.00000000', unpriced_requests: 1 });
    expect(server.logs()).toMatch(/"total_cost":null,"cost_source":"unknown"/);
  });

  it('costs what its provider reports', async () => {
    remote.script(() => answer({ usage: { ...USAGE, cost: 0.0000123 } }));
    const { usage } = await createVisitor(server.url).chat('/accounts/acme/agents/alias', { message: 'How much?' });
    expect(usage).toMatchObject({ total_cost: '0.00001230', cost_source: 'provider' });
  });

  it('costs what its provider reports also where its tokens cannot be believed, and those are counted', async () => {
    remote.script(() => answer({ usage: { prompt_tokens: -5, completion_tokens: 1e15, cost: 0.25 } }));
    const { usage } = await createVisitor(server.url).chat('/accounts/acme/agents/alias', { message: 'How much?' });
    expect(usage).toMatchObject({ total_cost: '0.25000000', cost_source: 'provider', usage_source: 'estimated' });
    expect(usage?.prompt_tokens).toBeGreaterThan(0);
  });
});
