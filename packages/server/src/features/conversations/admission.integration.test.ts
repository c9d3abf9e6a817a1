import { afterAll, beforeAll, expect, it } from 'vitest';
import { answer } from '../../../test/fake-provider-replies.ts';
import { holdReply } from '../../../test/held-reply.ts';
import { startTestServer, type TestServer } from '../../../test/start-test-server.ts';
import { createVisitor } from '../../../test/visitor.ts';

const HELPER = '/accounts/acme/agents/helper';
const LIMIT = 3;

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer({ app: { chat: { max_live_turns: LIMIT } } });
});

afterAll(() => server.stop());

it('admits as many answers as it may have under way, also when all ask at once, and tells the rest when to come back', async () => {
  const held = holdReply(answer({ text: 'here you are' }));
  server.provider.script(() => held.reply);
  const asked = Array.from({ length: 3 * LIMIT }, () =>
    createVisitor(server.url).post(`${HELPER}/stream`, { message: 'all at once' }),
  );
  const responses = await Promise.all(asked);
  const refused = responses.filter(({ status }) => status === 503);
  expect(refused).toHaveLength(2 * LIMIT);
  for (const response of refused) {
    expect(Number(response.headers.get('Retry-After'))).toBeGreaterThan(0);
    expect(await response.json()).toMatchObject({ code: 'NOT_READY' });
  }

  held.release();
  const admitted = await Promise.all(
    responses.filter(({ status }) => status === 200).map((response) => response.text()),
  );
  expect(admitted).toHaveLength(LIMIT);
  for (const events of admitted) expect(events).toContain('"status":"complete"');
  // Their places are free again.
  expect((await createVisitor(server.url).chat(HELPER, { message: 'later' })).message.status).toBe('complete');
});
