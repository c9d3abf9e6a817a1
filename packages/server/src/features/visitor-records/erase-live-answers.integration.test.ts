import { createClient } from '@redis/client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startRedis } from '../../../../../scripts/start-redis.mjs';
import { answer } from '../../../test/fake-provider-replies.ts';
import { queryAsOwnerOf } from '../../../test/owner-access.ts';
import { createPerson, type Person } from '../../../test/person.ts';
import { startTestServer, type TestServer } from '../../../test/start-test-server.ts';
import { createVisitor, type Visitor } from '../../../test/visitor.ts';
import { createLog } from '../../log.ts';
import { createRedisClient } from '../../redis.ts';
import { createRedisRelay } from '../conversations/index.ts';
import { toLiveStore, type ErasureReceipt } from './erase-visitor.ts';

const SECRET = 'what nobody else is to know';

let redis: Awaited<ReturnType<typeof startRedis>>;
let client: ReturnType<typeof createClient>;
let server: TestServer;
let owner: Person;

beforeAll(async () => {
  redis = await startRedis();
  client = createClient({ url: redis.url });
  await client.connect();
  server = await startTestServer({
    agents: [
      { account: 'acme', agent: 'helper' },
      { account: 'globex', agent: 'helper' },
    ],
    environment: { REDIS_URL: redis.url },
  });
  owner = await createPerson(server, { account: 'acme' });
});

afterAll(async () => {
  await server.stop();
  client.destroy();
  await redis.stop();
});

const helperOf = (account: string) => `/accounts/${account}/agents/helper`;

/** Every turn in Redis, with what it has said. */
async function streams(): Promise<Record<string, string>> {
  const keys = await client.keys('salient:turn:*');
  const texts = await Promise.all(
    keys.map(async (key) => {
      const entries = (await client.xRange(key, '-', '+')) ?? [];
      return entries.map(({ message }) => message['text'] ?? '').join('');
    }),
  );
  return Object.fromEntries(keys.map((key, index) => [key.replace('salient:turn:', ''), texts[index] ?? '']));
}

async function tell(account: string): Promise<{ visitor: Visitor; turnId: string }> {
  server.provider.script(() => answer({ text: SECRET }));
  const visitor = createVisitor(server.url);
  const reply = await visitor.chat(helperOf(account), { message: 'Tell me' });
  const [row] = await sql<{ turn_id: string }>(`SELECT turn_id FROM messages WHERE id = '${reply.message.id}'`);
  const turnId = row?.turn_id ?? '';
  await expect.poll(async () => (await streams())[turnId]).toBe(SECRET);
  return { visitor, turnId };
}

const sql = <Row>(text: string) => queryAsOwnerOf<Row>(server.running.database, text);

async function erase(turnId: string): Promise<ErasureReceipt> {
  const [row] = await sql<{ id: string }>(
    `SELECT visitors.id FROM visitors JOIN sessions USING (account_id, session_key)
     JOIN messages ON messages.session_id = sessions.id WHERE messages.turn_id = '${turnId}'`,
  );
  const response = await owner.send('DELETE', `/accounts/acme/admin/visitors/${row?.id}`);
  expect(response.status).toBe(200);
  return (await response.json()) as ErasureReceipt;
}

it('a visitor’s answers leave Redis with the visitor, and nobody else’s do (A3)', async () => {
  const [erased, kept] = [await tell('acme'), await tell('acme')];
  const receipt = await erase(erased.turnId);
  expect(receipt.stores.at(-1)).toEqual({ store: 'live answers', name: 'streams in Redis', erased: 1, note: null });
  expect(Object.keys(await streams())).not.toContain(erased.turnId);
  expect(Object.keys(await streams())).toContain(kept.turnId);
});

it('an answer under way does not come back to Redis after it (A3)', async () => {
  server.provider.script(() => answer({ text: `${SECRET} `.repeat(50), delayMs: 20 }));
  const visitor = createVisitor(server.url);
  await visitor.history(helperOf('acme'));
  const reading = visitor.stream(helperOf('acme'), { message: 'Tell me a lot' });
  let turnId = '';
  await expect
    .poll(async () => (turnId = (await visitor.history(helperOf('acme'))).active_turn?.id ?? ''))
    .not.toBe('');
  await expect.poll(async () => (await streams())[turnId] ?? '').toContain(SECRET);
  await erase(turnId);
  await reading;
  // Whatever was still on its way is there once a later turn is.
  const { turnId: later } = await tell('acme');
  expect(Object.keys(await streams())).toContain(later);
  expect(Object.keys(await streams())).not.toContain(turnId);
});

it('an account’s answers leave Redis with the account (A3)', async () => {
  const kept = await tell('acme');
  const erased = await tell('globex');
  const other = await createPerson(server, { account: 'globex' });
  expect((await other.send('DELETE', '/accounts/globex', { confirm: 'globex' })).status).toBe(200);
  expect(Object.keys(await streams())).not.toContain(erased.turnId);
  expect(Object.keys(await streams())).toContain(kept.turnId);
});

it('the receipt says so where Redis does not answer', async () => {
  const away = createRedisClient('redis://127.0.0.1:1');
  const log = createLog('silent', { write: () => {} });
  const relay = createRedisRelay({ client: away, log, stop: () => {} });
  expect(toLiveStore(await relay.forget(['a turn']))).toMatchObject({
    erased: 0,
    note: expect.stringContaining('does not answer') as string,
  });
  expect(toLiveStore(await relay.forget([]))).toMatchObject({ erased: 0, note: null });
});
