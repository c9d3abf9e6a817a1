import type { ChatReply, SessionUsage } from '@salient/shared-types';
import { describe, expect, it } from 'vitest';
import { answer } from '../../../test/fake-provider-replies.ts';
import { startTestServer } from '../../../test/start-test-server.ts';
import { createVisitor } from '../../../test/visitor.ts';

describe('cost', () => {
  it('attributes 3 agents x 4 prompts: 3 sessions, 24 messages, 12 ledger rows, and the bills add up', async () => {
    const server = await startTestServer({
      agents: [
        { account: 'acme', agent: 'one' },
        { account: 'acme', agent: 'two' },
        { account: 'globex', agent: 'one' },
      ],
    });
    try {
      server.provider.script(() =>
        answer({ text: 'The answer.', usage: { prompt_tokens: 1234, completion_tokens: 77, cost: 0.00012345 } }),
      );
      const visitor = createVisitor(server.url);
      const agents = ['/accounts/acme/agents/one', '/accounts/acme/agents/two', '/accounts/globex/agents/one'];
      const replies: ChatReply[] = [];
      for (const agent of agents) {
        for (const message of ['a', 'b', 'c', 'd']) replies.push(await visitor.chat(agent, { message }));
      }
      expect(new Set(replies.map(({ session_id }) => session_id)).size).toBe(3);
      const histories = await Promise.all(agents.map((agent) => visitor.history(agent)));
      expect(histories.flatMap(({ messages }) => messages)).toHaveLength(24);

      const acme = await server.ledger('acme');
      const globex = await server.ledger('globex');
      expect([acme.length, globex.length]).toEqual([8, 4]);
      for (const row of [...acme, ...globex]) {
        expect(row).toMatchObject({
          agentType: 'simple_chat',
          completionStatus: 'complete',
          provider: 'openai_compatible',
          promptTokens: 1234,
          completionTokens: 77,
          costSource: 'provider',
          usageSource: 'provider',
        });
        expect(row.totalCost?.toFixed(8)).toBe('0.00012345');
      }
      expect(acme.map((row) => row.agentInstanceSlug).toSorted()).toEqual([
        ...Array(4).fill('one'),
        ...Array(4).fill('two'),
      ]);

      const [bill] = await server.running.database.asWorker(
        (tx) => tx.$queryRaw<[{ total: string }]>`SELECT sum(total_cost)::text AS total FROM llm_requests`,
      );
      expect(bill.total).toBe('0.00148140');
      const usage = await visitor.fetch(`/api/session/${replies[0]?.session_id}/usage`);
      expect((await usage.json()) as SessionUsage).toEqual({
        session_id: replies[0]?.session_id,
        requests: 4,
        prompt_tokens: 4936,
        completion_tokens: 308,
        total_tokens: 5244,
        total_cost: '0.00049380',
        unpriced_requests: 0,
      });
    } finally {
      await server.stop();
    }
  });
});
