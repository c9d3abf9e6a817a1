import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answer, FAULTS } from '../../../test/fake-provider-replies.ts';
import { startTestServer, type TestServer } from '../../../test/start-test-server.ts';
import { createVisitor, eventData, joinText } from '../../../test/visitor.ts';

/** Accepts connections and never says a word, so that no TLS handshake ends. */
let silent: Server;
let server: TestServer;

/** For what never comes. */
const SHORT_MS = 300;
/** For limits that run while a busy machine brings the request or its first word. */
const LONGER_MS = 3000;

beforeAll(async () => {
  silent = createServer((socket) => socket.resume()).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const { port } = silent.address() as AddressInfo;
  server = await startTestServer({
    agents: [
      {
        account: 'acme',
        agent: 'connect',
        llm: { base_url: `https://127.0.0.1:${port}/v1`, timeouts_ms: { connect: SHORT_MS } },
      },
      { account: 'acme', agent: 'first_token', llm: { timeouts_ms: { first_token: LONGER_MS } } },
      { account: 'acme', agent: 'between_tokens', llm: { timeouts_ms: { between_tokens: SHORT_MS } } },
      { account: 'acme', agent: 'total', llm: { timeout_seconds: LONGER_MS / 1000 } },
      { account: 'acme', agent: 'turn', llm: { timeouts_ms: { turn: LONGER_MS } } },
      { account: 'acme', agent: 'helper' },
    ],
    app: { chat: { max_live_turns: 1 } },
  });
});

afterAll(async () => {
  await server.stop();
  silent.close();
});

describe('every wait for a model is bounded by a limit with a name (S12)', () => {
  it.each([
    ['connect', answer(), '', 'openai_compatible did not answer within the connect limit of 300 ms.'],
    [
      'first_token',
      FAULTS['stall-headers'],
      '',
      'openai_compatible did not answer within the first token limit of 3000 ms.',
    ],
    [
      'first_token',
      FAULTS['stall-first-token'],
      '',
      'openai_compatible did not answer within the first token limit of 3000 ms.',
    ],
    [
      'between_tokens',
      FAULTS['stall-between-tokens'],
      'One',
      'openai_compatible did not answer within the between tokens limit of 300 ms.',
    ],
    [
      'total',
      FAULTS['stall-between-tokens'],
      'One',
      'openai_compatible did not answer within the total limit of 3000 ms.',
    ],
    ['turn', FAULTS['stall-between-tokens'], 'One', 'The limit of the whole turn ran out.'],
  ])('%s, which closes the socket, bills by count and frees its slot', async (agent, reply, text, problem) => {
    const before = server.provider.requests.length;
    server.provider.script(() => reply);
    // A limit that only a signal holds on to is collected with it, and never fires.
    const collecting = setInterval(collectGarbage, 500);
    const events = await createVisitor(server.url).stream(`/accounts/acme/agents/${agent}`, { message: 'go' });
    clearInterval(collecting);

    expect(joinText(events)).toBe(text);
    expect(eventData(events, 'error')).toMatchObject({ code: 'UPSTREAM_TIMEOUT', retryable: true });
    const done = eventData(events, 'done');
    expect(done).toMatchObject({ status: text === '' ? 'error' : 'partial', usage: { usage_source: 'estimated' } });
    expect(done.usage?.latency_ms).toBeGreaterThanOrEqual(SHORT_MS * 0.9);
    const asked = server.provider.requests.slice(before);
    expect(asked).toHaveLength(agent === 'connect' ? 0 : 1);
    for (const request of asked) {
      await request.closed;
      expect(request.replied).toBe(false);
    }
    const rows = (await server.ledger('acme')).filter(
      ({ sessionId }) => sessionId === eventData(events, 'turn').session_id,
    );
    expect(rows).toMatchObject([{ completionStatus: 'timeout', usageSource: 'estimated' }]);
    expect(lastModelCall()).toMatchObject({ error_kind: 'timeout', problem });

    server.provider.script(() => answer({ text: 'Free again.' }));
    const next = await createVisitor(server.url).chat('/accounts/acme/agents/helper', { message: 'go' });
    expect(next.message.content).toBe('Free again.');
  });

  it('answers 504 where no stream is read', async () => {
    server.provider.script(() => FAULTS['stall-first-token']);
    const response = await createVisitor(server.url).post('/accounts/acme/agents/first_token/chat', { message: 'go' });
    expect(response.status).toBe(504);
    expect(await response.json()).toMatchObject({ code: 'UPSTREAM_TIMEOUT' });
  });
});

function lastModelCall(): Record<string, unknown> | undefined {
  return server
    .logs()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .findLast(({ msg }) => msg === 'model call');
}

function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
}
