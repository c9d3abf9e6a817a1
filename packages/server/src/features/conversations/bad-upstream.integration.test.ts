import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FAULTS } from '../../../test/fake-provider-replies.ts';
import { spawnFakeProvider, type SpawnedFakeProvider } from '../../../test/spawn-fake-provider.ts';
import { startTestServer, type TestServer } from '../../../test/start-test-server.ts';
import { createVisitor, eventData, joinText } from '../../../test/visitor.ts';

const KEY = 'canary-provider-key';
/** Most that one bad reply may take, in bytes. */
const MAX_GROWTH = 64 * 1024 * 1024;

type FaultName = keyof typeof FAULTS;

/** What became of each: the text kept, how the answer is marked, how often the provider was asked. */
const ENDS: [fault: FaultName, text: string | RegExp, status: 'complete' | 'partial' | 'error', calls: number][] = [
  ['html', '', 'error', 1],
  ['json', '', 'error', 1],
  ['redirect', '', 'error', 1],
  ['gzip-bomb', '', 'error', 1],
  ['huge-line', '', 'error', 1],
  ['endless-answer', /^x+$/, 'partial', 1],
  ['broken-json', 'One two', 'partial', 1],
  ['error-object', 'One two', 'partial', 1],
  ['error-first', '', 'error', 3],
  ['no-finish', 'One two', 'partial', 1],
  ['no-finish-but-done', 'One two three four five six.', 'partial', 1],
  ['no-done', 'One two three four five six.', 'complete', 1],
  ['no-usage', 'One two three four five six.', 'complete', 1],
  ['no-text', '', 'error', 1],
  ['cut', 'One two', 'partial', 1],
  ['reset', 'One two', 'partial', 1],
  ['reset-at-once', '', 'error', 3],
  ['rate-limited', '', 'error', 3],
  ['server-error', '', 'error', 3],
  ['unauthorized', '', 'error', 1],
];

let provider: SpawnedFakeProvider;
let server: TestServer;

beforeAll(async () => {
  // In a process of its own: what it spends on sending a gigabyte is not what we spend on refusing it.
  provider = await spawnFakeProvider();
  server = await startTestServer({
    agents: ENDS.map(([fault]) => ({
      account: 'acme',
      agent: fault,
      llm: { base_url: provider.baseUrl, api_key_env: 'CANARY_KEY', model: `fault:${fault}` },
    })),
    environment: { CANARY_KEY: KEY },
  });
});

afterAll(async () => {
  await server.stop();
  await provider.close();
});

describe('a bad upstream ends in a typed, terminal event, bounded and silent about itself (S11)', () => {
  it('covers every fault that does not merely stall', () => {
    const faults = Object.keys(FAULTS).filter((name) => !name.startsWith('stall-'));
    expect(ENDS.map(([fault]) => fault).toSorted()).toEqual(faults.toSorted());
  });

  it.each(ENDS)('%s', async (fault, text, status, calls) => {
    const agent = `/accounts/acme/agents/${fault}`;
    const visitor = createVisitor(server.url);
    // Its own costs of a first turn are not the fault's.
    await visitor.history(agent);
    const memory = watchMemory();
    const events = await visitor.stream(agent, { message: 'canary-question' });
    const grown = memory.end();
    // The sampler runs between two pieces: what one piece takes, and the test's own copy of the answer, fits the margin.
    expect(grown).toBeLessThan(MAX_GROWTH);

    const shown = joinText(events);
    if (typeof text === 'string') expect(shown).toBe(text);
    else expect(shown).toMatch(text);
    expect(events.filter(({ event }) => event !== 'message').map(({ event }) => event)).toEqual(
      status === 'complete' ? ['turn', 'done'] : ['turn', 'error', 'done'],
    );
    const done = eventData(events, 'done');
    expect(done).toMatchObject({ status, finish_reason: status === 'complete' ? 'stop' : 'error' });
    if (status !== 'complete') {
      expect(eventData(events, 'error')).toMatchObject({
        code: 'UPSTREAM_ERROR',
        error: 'The model provider failed',
        detail: 'The model could not answer just now. Try again in a moment.',
        retryable: true,
      });
    }
    const { messages } = await visitor.history(agent);
    expect(messages.at(-1)).toMatchObject({ role: 'assistant', content: shown, status });
    const rows = (await server.ledger('acme')).filter(({ agentInstanceSlug }) => agentInstanceSlug === fault);
    expect(rows).toHaveLength(calls);
    expect(rows.at(-1)?.completionStatus).toBe(status);
    const asked = await provider.readRequests();
    expect(asked.filter(({ model }) => model === `fault:${fault}`)).toHaveLength(calls);

    const told = JSON.stringify([events.filter(({ event }) => event !== 'message'), rows]) + server.logs();
    expect(told).not.toMatch(/canary|secret|log in|hello|elsewhere|xxx/);
  });
});

/** The most memory this process has taken since the start of the watch, in bytes. */
function watchMemory(): { end: () => number } {
  const before = process.memoryUsage.rss();
  let most = before;
  const sampler = setInterval(() => {
    most = Math.max(most, process.memoryUsage.rss());
  }, 2);
  return {
    end() {
      clearInterval(sampler);
      return Math.max(most, process.memoryUsage.rss()) - before;
    },
  };
}
