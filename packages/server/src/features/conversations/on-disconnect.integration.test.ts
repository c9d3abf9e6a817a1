import { afterAll, beforeAll, expect, it } from 'vitest';
import { answer } from '../../../test/fake-provider-replies.ts';
import { startTestServer, type TestServer } from '../../../test/start-test-server.ts';
import { createVisitor, type Visitor } from '../../../test/visitor.ts';

const HELPER = '/accounts/acme/agents/helper';
const TEXT = 'a b c d e f g h';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer({ app: { chat: { on_disconnect: 'abort' } } });
});

afterAll(() => server.stop());

async function read(visitor: Visitor, path: string, body?: object): Promise<{ leave: () => void }> {
  const leaving = new AbortController();
  const response = await visitor.fetch(path, {
    ...(body && { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }),
    signal: leaving.signal,
  });
  const decoder = new TextDecoder();
  const reader = response.body?.getReader();
  for (let text = ''; !text.includes('event: message');) text += decoder.decode((await reader?.read())?.value);
  return { leave: () => leaving.abort() };
}

it('stops the model when the last reader has left, and keeps and bills what came', async () => {
  server.provider.script(() => answer({ text: TEXT, delayMs: 300 }));
  const visitor = createVisitor(server.url);
  await visitor.history(HELPER);
  const sender = await read(visitor, `${HELPER}/stream`, { message: 'hi' });
  const turnId = (await visitor.history(HELPER)).active_turn?.id;
  const tab = await read(visitor, `${HELPER}/stream?turn=${turnId}`);

  sender.leave();
  await read(visitor, `${HELPER}/stream?turn=${turnId}`).then(({ leave }) => leave());
  expect((await visitor.history(HELPER)).active_turn?.id).toBe(turnId);

  tab.leave();
  await server.provider.requests.at(-1)?.closed;
  expect(server.provider.requests.at(-1)?.replied).toBe(false);
  await expect.poll(async () => (await visitor.history(HELPER)).active_turn).toBeNull();
  const stored = (await visitor.history(HELPER)).messages.at(-1);
  // Nothing failed: there is no error_code.
  expect(stored).toMatchObject({ role: 'assistant', status: 'partial', metadata: { finish_reason: 'stopped' } });
  expect(stored?.metadata).not.toHaveProperty('error_code');
  expect(stored?.content).not.toBe('');
  expect(TEXT.startsWith(stored?.content ?? '')).toBe(true);
  const rows = (await server.ledger('acme')).filter((row) => row.turnId === turnId);
  expect(rows).toMatchObject([{ completionStatus: 'partial', usageSource: 'estimated' }]);
});
