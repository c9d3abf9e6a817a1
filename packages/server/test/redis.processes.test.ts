import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startRedis } from '../../../scripts/start-redis.mjs';
import { findFreePort } from '../../../scripts/toolchain/find-free-port.mjs';
import { createCluster, type Cluster } from './cluster.ts';
import { openStream, type OpenedStream } from './open-stream.ts';
import type { SpawnedServer } from './spawn-server.ts';
import { createVisitor, eventData, type Visitor } from './visitor.ts';
import { wordText } from './word-text.ts';

const STEADY = '/accounts/acme/agents/steady';
const WORDS = 120;
const steadyText = wordText(WORDS);

let cluster: Cluster;

beforeEach(async () => {
  cluster = await createCluster({ models: { 'acme/steady': `words:count=${WORDS},delay=40` } });
});

afterEach(() => cluster.close());

/** Begins an answer at one process and reads it from its beginning at another, until something has come. */
async function readElsewhere(visitor: Visitor, own: SpawnedServer, other: SpawnedServer) {
  await visitor.history(STEADY);
  const reading = await openStream(own.url, visitor, { path: `${STEADY}/stream`, body: { message: 'go' } });
  await reading.pieces(1);
  const turn = eventData(reading.events, 'turn');
  const elsewhere = await openStream(other.url, visitor, { path: `${STEADY}/stream?turn=${turn.turn_id}` });
  await elsewhere.pieces(3);
  return { turn, reading, elsewhere };
}

async function expectWhole(...readings: OpenedStream[]): Promise<void> {
  await Promise.all(readings.map(({ over }) => over));
  for (const reading of readings) {
    expect(reading.text()).toBe(steadyText);
    expect(eventData(reading.events, 'done')).toMatchObject({ status: 'complete' });
  }
}

/** Connections stand, and nothing is answered for so long. Returns what waits for its end. */
async function pause(url: string, forMs: number): Promise<() => Promise<void>> {
  const { createClient } = await import('@redis/client');
  const client = createClient({ url });
  await client.connect();
  await client.sendCommand(['CLIENT', 'PAUSE', String(forMs), 'ALL']);
  return async () => {
    await client.ping();
    client.destroy();
  };
}

const linesAbout = (server: SpawnedServer, words: string): number => server.output().split(words).length - 1;
const LOST = 'Redis does not answer';
const BACK = 'Redis answers again';

describe('Redis', () => {
  it('may go and come back in the middle of an answer: nothing is lost or doubled, each process says so once', async () => {
    let redis = await startRedis();
    const environment = { REDIS_URL: redis.url, LOG_LEVEL: 'info' };
    const [first, second] = [await cluster.start(environment), await cluster.start(environment)];
    const visitor = createVisitor(first.url);
    const { reading, elsewhere } = await readElsewhere(visitor, first, second);
    await redis.stop();
    await expectWhole(reading, elsewhere);
    for (const { url } of [first, second]) expect((await fetch(`${url}/ready`)).status).toBe(200);

    redis = await startRedis(redis.port);
    for (const server of [first, second]) {
      await expect.poll(() => linesAbout(server, BACK)).toBe(1);
      expect(linesAbout(server, LOST)).toBe(1);
    }
    const again = await readElsewhere(createVisitor(first.url), first, second);
    // It lost everything, and gets all of a turn that began before.
    await redis.stop();
    redis = await startRedis(redis.port);
    await expectWhole(again.reading, again.elsewhere);
    await redis.stop();
  });

  it('may fall silent without closing a connection: answers come whole, new ones begin, and it is taken up again', async () => {
    const redis = await startRedis();
    const environment = { REDIS_URL: redis.url, LOG_LEVEL: 'info' };
    const [first, second] = [await cluster.start(environment), await cluster.start(environment)];
    const { reading, elsewhere } = await readElsewhere(createVisitor(first.url), first, second);
    const isOver = await pause(redis.url, 12_000);
    const meanwhile = createVisitor(first.url).chat(STEADY, { message: 'go' });
    await expectWhole(reading, elsewhere);
    expect((await meanwhile).message.content).toBe(steadyText);
    for (const { url } of [first, second]) expect((await fetch(`${url}/ready`)).status).toBe(200);
    await isOver();
    const again = await readElsewhere(createVisitor(first.url), first, second);
    await expectWhole(again.reading, again.elsewhere);
    await redis.stop();
  });

  it('that cannot be reached at the start is one line, and the server serves', async () => {
    const port = await findFreePort();
    const server = await cluster.start({ REDIS_URL: `redis://127.0.0.1:${port}`, LOG_LEVEL: 'info' });
    const reply = await createVisitor(server.url).chat(STEADY, { message: 'go' });
    expect(reply.message.content).toBe(steadyText);
    expect(linesAbout(server, LOST)).toBe(1);
    const redis = await startRedis(port);
    await expect.poll(() => linesAbout(server, BACK)).toBe(1);
    await redis.stop();
  });

  it('S7: keeps also the last moment of a killed process: what a reader elsewhere has seen is what is stored', async () => {
    const redis = await startRedis();
    const environment = { REDIS_URL: redis.url };
    const [first, second] = [await cluster.start(environment), await cluster.start(environment)];
    const visitor = createVisitor(first.url);
    const { turn, elsewhere } = await readElsewhere(visitor, first, second);
    await first.end('SIGKILL');
    await elsewhere.over;
    expect(eventData(elsewhere.events, 'done')).toMatchObject({ status: 'partial', finish_reason: 'error' });
    const kept = (await visitor.at(second.url).history(STEADY)).messages.at(-1);
    expect(kept).toMatchObject({ id: turn.message_id, status: 'partial', content: elsewhere.text() });
    expect(await cluster.ledger(turn.turn_id)).toEqual([{ completion_status: 'partial', usage_source: 'estimated' }]);
    await redis.stop();
  });

  it('forgets a turn some time after its end, and holds nothing without a limit of time', async () => {
    const redis = await startRedis();
    const server = await cluster.start({ REDIS_URL: redis.url });
    await createVisitor(server.url).chat(STEADY, { message: 'go' });
    const { createClient } = await import('@redis/client');
    const client = createClient({ url: redis.url });
    await client.connect();
    await expect.poll(() => client.keys('salient:turn:*')).toHaveLength(1);
    await wait(200);
    for (const key of await client.keys('*')) expect(await client.ttl(key)).toBeGreaterThan(0);
    client.destroy();
    await redis.stop();
  });
});
