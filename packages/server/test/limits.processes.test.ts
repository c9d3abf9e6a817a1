import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { createClient } from '@redis/client';
import type { SessionToken } from '@salient/shared-types';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startOwnPostgres } from '../../../scripts/start-postgres.mjs';
import { startRedis } from '../../../scripts/start-redis.mjs';
import { createRedisStore } from '../src/limits/redis-store.ts';
import type { RedisClient } from '../src/redis.ts';
import { createCluster, type Cluster } from './cluster.ts';
import { itKeepsLimits } from './limit-store-contract.ts';
import { projectDirectory } from './project-directory.ts';
import type { SpawnedServer } from './spawn-server.ts';
import { createVisitor, type Visitor } from './visitor.ts';

const A = '/accounts/acme/agents/quick';
const models = { 'acme/quick': 'words:count=1,delay=0' };
const PLENTY = 10_000_000;
const plenty = { max_requests_per_minute: PLENTY, max_tokens_per_hour: 1_000_000_000 };
const SKEWS_MS = [-5_000, 0, 5_000];

type OwnRedis = Awaited<ReturnType<typeof startRedis>>;

let cleanUp: (() => Promise<unknown>)[];

beforeEach(() => {
  cleanUp = [];
});

afterEach(async () => {
  for (const clean of cleanUp) await clean();
});

async function openRedis(): Promise<OwnRedis> {
  const redis = await startRedis();
  cleanUp.push(redis.stop);
  return redis;
}

async function openCluster(rateLimits: Record<string, number>, databaseUrl?: string): Promise<Cluster> {
  const cluster = await createCluster({
    models,
    rateLimits: { ...plenty, ...rateLimits },
    ...(databaseUrl !== undefined && { databaseUrl }),
  });
  cleanUp.unshift(() => cluster.close());
  return cluster;
}

/** Three processes whose clocks are five seconds apart from each other. */
async function startSkewed(cluster: Cluster, environment: Record<string, string>): Promise<SpawnedServer[]> {
  const preload = pathToFileURL(path.join(projectDirectory, 'packages/server/test/skew-clock.mjs')).href;
  const servers: SpawnedServer[] = [];
  for (const skewMs of SKEWS_MS) {
    servers.push(
      await cluster.start({
        ...environment,
        NODE_OPTIONS: `--import=${preload}`,
        TEST_CLOCK_SKEW_MS: `${skewMs}`,
      }),
    );
  }
  return servers;
}

const send = (visitor: Visitor, body: Record<string, unknown> = {}) =>
  visitor.post(`${A}/chat`, { message: 'go', ...body });

/** Sends from many visitors at all servers, until `untilMs` have passed. Counts who was let through. */
async function hammer(servers: readonly SpawnedServer[], untilMs: number) {
  const startedAt = performance.now();
  const statuses: number[] = [];
  await Promise.all(
    servers.flatMap(({ url }) =>
      Array.from({ length: 4 }, async () => {
        while (performance.now() - startedAt < untilMs) statuses.push((await send(createVisitor(url))).status);
      }),
    ),
  );
  expect(new Set(statuses)).toEqual(new Set([200, 429]));
  return {
    accepted: statuses.filter((status) => status === 200).length,
    seconds: (performance.now() - startedAt) / 1000,
  };
}

describe('limits counted in Redis', () => {
  let redis: OwnRedis;
  let client: RedisClient;

  beforeEach(async () => {
    redis = await openRedis();
    client = createClient({ url: redis.url, RESP: 2 });
    await client.connect();
    cleanUp.unshift(() => Promise.resolve(client.destroy()));
  });

  itKeepsLimits(() => createRedisStore(client));

  it('are forgotten by themselves when they are full again', async () => {
    const store = createRedisStore(client);
    await store.take([{ key: 'short', takesUs: 50_000, windowUs: 100_000 }]);
    await store.take([{ key: 'long', takesUs: 50_000_000, windowUs: 100_000_000 }]);
    await expect.poll(() => client.keys('*')).toEqual(['salient:limit:long']);
    expect(await client.pTTL('salient:limit:long')).toBeLessThanOrEqual(50_001);
  });
});

describe.each([
  ['Redis', true],
  ['the database', false],
])('three processes whose clocks are five seconds apart, counting in %s', (_name, hasRedis) => {
  const environmentOf = async (): Promise<Record<string, string>> =>
    hasRedis ? { REDIS_URL: (await openRedis()).url } : {};

  it('L1: let through burst + rate x t together, at most one more, and no fewer', async () => {
    const environment = await environmentOf();
    const cluster = await openCluster({ max_agent_requests_per_minute: 60 });
    const servers = await startSkewed(cluster, environment);

    const expiries = await Promise.all(
      servers.map(async ({ url }) => (await createVisitor(url).post(`${A}/session/token`, {})).json()),
    );
    const [early, , late] = (expiries as SessionToken[]).map(({ expires_at }) => Date.parse(expires_at));
    expect((late ?? 0) - (early ?? 0), 'the clocks are not apart').toBeGreaterThan(8_000);

    const { accepted, seconds } = await hammer(servers, 6_000);
    expect(accepted).toBeLessThanOrEqual(60 + seconds + 1);
    // Whoever asks all the time gets all there is, but for what came back since the last question.
    expect(accepted).toBeGreaterThanOrEqual(60 + 5);
    expect(await cluster.callCount()).toBe(accepted);
  });

  it('S14: fifty equal sends over all of them count once', async () => {
    const environment = await environmentOf();
    const cluster = await openCluster({ max_requests_per_minute: 1 });
    const servers = await startSkewed(cluster, environment);
    const visitor = createVisitor(servers[0]?.url ?? '');
    await visitor.history(A);
    const replies = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        send(visitor.at(servers[index % servers.length]?.url ?? ''), { client_message_id: 'same' }),
      ),
    );
    expect(replies.map(({ status }) => status)).toEqual(Array(50).fill(200));
    expect(new Set(await Promise.all(replies.map((reply) => reply.text()))).size).toBe(1);
    expect(await cluster.callCount()).toBe(1);
    expect((await send(visitor)).status).toBe(429);
  });
});

describe('Redis', () => {
  it('may go: limits hold by the database, each process says so once, and they are back with it', async () => {
    const redis = await openRedis();
    const cluster = await openCluster({ max_agent_requests_per_minute: 2 });
    const environment = { REDIS_URL: redis.url, LOG_LEVEL: 'info' };
    const servers = [await cluster.start(environment), await cluster.start(environment)];
    const sendTo = (index: number) => send(createVisitor(servers[index % 2]?.url ?? ''));
    const statusesOf = async (count: number) => {
      const replies: number[] = [];
      for (let sent = 0; sent < count; sent += 1) replies.push((await sendTo(sent)).status);
      return replies;
    };
    expect(await statusesOf(4)).toEqual([200, 200, 429, 429]);
    await redis.stop();
    expect(await statusesOf(4)).toEqual([200, 200, 429, 429]);
    const again = await startRedis(redis.port);
    cleanUp.push(again.stop);
    for (const server of servers) {
      await expect
        .poll(async () => {
          await send(createVisitor(server.url));
          return server.output().split('limits are counted in Redis again').length - 1;
        })
        .toBe(1);
      expect(server.output().split('limits cannot be counted in Redis').length - 1).toBe(1);
    }
  });

  it('M7: and the database may go: no turn begins, the answer says when to come back, the rest stays open', async () => {
    const redis = await openRedis();
    const postgres = await startOwnPostgres();
    cleanUp.push(() => postgres.stop());
    const client = new pg.Client({ connectionString: postgres.url });
    await client.connect();
    await client.query('CREATE DATABASE lost');
    await client.end();
    const databaseUrl = Object.assign(new URL(postgres.url), { pathname: '/lost' }).toString();
    const cluster = await openCluster({}, databaseUrl);
    const server = await cluster.start({ REDIS_URL: redis.url });
    const visitor = createVisitor(server.url);
    expect((await send(visitor)).status).toBe(200);
    await redis.stop();
    postgres.down();
    const refused = await send(visitor);
    expect([refused.status, refused.headers.get('Retry-After')]).toEqual([503, '5']);
    expect(await refused.json()).toMatchObject({ code: 'NOT_READY' });
    expect(await cluster.callCount()).toBe(1);
    for (const address of ['/health', '/metrics', `${A}/config`]) {
      expect((await fetch(server.url + address)).status, address).toBe(200);
    }
    await cluster.killAll();
  });
});
