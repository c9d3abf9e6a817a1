import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answer, FAULTS, httpError } from '../../../test/fake-provider-replies.ts';
import type { TestServer } from '../../../test/start-test-server.ts';
import { HELPER, startTwoAgents, TWIN } from '../../../test/two-agents.ts';
import { createVisitor, eventData, joinText } from '../../../test/visitor.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startTwoAgents();
});

afterAll(() => server.stop());

describe('a provider that fails', () => {
  it('ends the stream with a typed error, then done, and says nothing of its own', async () => {
    server.provider.script(() => httpError(401));
    const visitor = createVisitor(server.url);
    const events = await visitor.stream(HELPER, { message: 'will fail' });
    expect(events.map(({ event }) => event)).toEqual(['turn', 'error', 'done']);
    expect(eventData(events, 'error')).toMatchObject({ code: 'UPSTREAM_ERROR', retryable: true });
    expect(eventData(events, 'done')).toMatchObject({ status: 'error', finish_reason: 'error' });
    expect(JSON.stringify(events)).not.toContain('bad key');

    const response = await createVisitor(server.url).post(`${HELPER}/chat`, { message: 'will fail' });
    expect(response.status).toBe(502);
    expect(await response.json()).toMatchObject({ code: 'UPSTREAM_ERROR' });
  });

  it('keeps the text that came before the fault, marked partial (S11)', async () => {
    server.provider.script(() => FAULTS['error-object']);
    const visitor = createVisitor(server.url);
    const events = await visitor.stream(HELPER, { message: 'half' });
    expect(joinText(events)).toBe('One two');
    expect(eventData(events, 'done')).toMatchObject({ status: 'partial', finish_reason: 'error' });
    const history = await visitor.history(HELPER);
    expect(history.messages.at(-1)).toMatchObject({ content: 'One two', status: 'partial' });
  });

  it('asks again while nothing has been said, and enters every attempt in the ledger', async () => {
    let calls = 0;
    server.provider.script(() => {
      calls += 1;
      return calls === 1 ? httpError(503) : answer({ text: 'Second time lucky.' });
    });
    const visitor = createVisitor(server.url);
    const reply = await visitor.chat(TWIN, { message: 'try' });
    expect(reply.message.content).toBe('Second time lucky.');
    const rows = (await server.ledger('acme')).filter((row) => row.sessionId === reply.session_id);
    expect(rows.map((row) => row.completionStatus).toSorted()).toEqual(['complete', 'error']);
  });
});
