import { randomUUID } from 'node:crypto';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { ErrorBody } from '@salient/shared-types';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startPgbouncer } from '../../../scripts/start-pgbouncer.mjs';
import { startOwnPostgres } from '../../../scripts/start-postgres.mjs';
import { openDatabase } from '../src/db/index.ts';
import { createCluster, type Cluster } from './cluster.ts';
import { openStream } from './open-stream.ts';
import { projectDirectory } from './project-directory.ts';
import { createVisitor, eventData } from './visitor.ts';
import { wordText } from './word-text.ts';

const STEADY = '/accounts/acme/agents/steady';
const QUICK = '/accounts/acme/agents/quick';
const WORDS = 120;
const steadyText = wordText(WORDS);
const quickText = wordText(10);
const OUTAGE_MS = 5_000;
const models = { 'acme/steady': `words:count=${WORDS},delay=80`, 'acme/quick': 'words:count=10,delay=2' };

// A server of its own, because it is restarted.
let postgres: Awaited<ReturnType<typeof startOwnPostgres>>;
let cluster: Cluster;

beforeAll(async () => {
  postgres = await startOwnPostgres();
});

afterEach(() => cluster.close());

afterAll(() => postgres.stop());

/** A new one, also for a second attempt of its test. */
async function createDatabase(purpose: string): Promise<string> {
  const name = `${purpose}_${randomUUID().slice(0, 8)}`;
  const client = new pg.Client({ connectionString: postgres.url });
  await client.connect();
  await client.query(`CREATE DATABASE ${name}`);
  await client.end();
  const url = new URL(postgres.url);
  url.pathname = `/${name}`;
  return url.toString();
}

describe('a database restart of five seconds (S16)', () => {
  it('in the middle of answers: they end whole and are billed once, the process stays up and says it is not ready', async () => {
    cluster = await createCluster({ models, databaseUrl: await createDatabase('restarted') });
    const server = await cluster.start();
    const readings = await Promise.all(
      Array.from({ length: 10 }, async () => {
        const visitor = createVisitor(server.url);
        await visitor.history(STEADY);
        const reading = await openStream(server.url, visitor, { path: `${STEADY}/stream`, body: { message: 'go' } });
        return { visitor, reading };
      }),
    );
    await Promise.all(readings.map(({ reading }) => reading.pieces(3)));
    postgres.down();
    await expect.poll(async () => (await fetch(`${server.url}/ready`)).status).toBe(503);
    const refused = await createVisitor(server.url).post(`${STEADY}/chat`, { message: 'now' });
    expect([refused.status, ((await refused.json()) as ErrorBody).code]).toEqual([503, 'NOT_READY']);
    await wait(OUTAGE_MS);
    await postgres.up();

    await Promise.all(readings.map(({ reading }) => reading.over));
    await expect.poll(async () => (await fetch(`${server.url}/ready`)).status).toBe(200);
    for (const { visitor, reading } of readings) {
      expect(reading.text()).toBe(steadyText);
      const { turn_id: turnId } = eventData(reading.events, 'turn');
      expect(eventData(reading.events, 'done')).toMatchObject({ status: 'complete' });
      const { messages } = await visitor.history(STEADY);
      expect(messages.map(({ status, content }) => [status, content])).toEqual([
        ['complete', 'go'],
        ['complete', steadyText],
      ]);
      expect(await cluster.ledger(turnId)).toEqual([{ completion_status: 'complete', usage_source: 'provider' }]);
    }
    expect(await cluster.callCount()).toBe(10);
  });
});

describe('PgBouncer in transaction mode', () => {
  it('serves the start, answers, rejoins and stops of several processes over two connections, tenants apart (T4)', async () => {
    const pooler = await startPgbouncer(await createDatabase('pooled'), 2);
    try {
      cluster = await createCluster({
        models: { ...models, 'other/quick': 'words:count=10,delay=2' },
        databaseUrl: pooler.url,
      });
      const servers = [await cluster.start(), await cluster.start()];
      // What a start leaves on a connection, whoever gets it next would have.
      expect(await cluster.query(`SELECT FROM pg_locks WHERE locktype = 'advisory'`)).toEqual([]);
      const talk = async (index: number): Promise<void> => {
        const { url = '' } = servers[index % 2] ?? {};
        const agent = index % 4 < 2 ? QUICK : '/accounts/other/agents/quick';
        const visitor = createVisitor(url);
        for (const message of [`first of ${index}`, `second of ${index}`]) {
          expect((await visitor.chat(agent, { message })).message.content).toBe(quickText);
        }
        const { messages } = await visitor.history(agent);
        expect(messages.filter(({ role }) => role === 'user').map(({ content }) => content)).toEqual([
          `first of ${index}`,
          `second of ${index}`,
        ]);
      };
      await Promise.all(Array.from({ length: 20 }, (_, index) => talk(index)));

      const [first, second] = servers;
      const visitor = createVisitor(first?.url ?? '');
      await visitor.history(STEADY);
      const reading = await openStream(first?.url ?? '', visitor, {
        path: `${STEADY}/stream`,
        body: { message: 'go' },
      });
      await reading.pieces(3);
      const { turn_id: turnId } = eventData(reading.events, 'turn');
      const elsewhere = visitor.at(second?.url ?? '');
      const rejoined = await openStream(second?.url ?? '', visitor, { path: `${STEADY}/stream?turn=${turnId}` });
      await rejoined.pieces(1);
      await elsewhere.post(`${STEADY}/turns/${turnId}/stop`, {});
      await Promise.all([reading.over, rejoined.over]);
      expect(rejoined.text()).toBe(reading.text());
      expect(eventData(rejoined.events, 'done')).toMatchObject({ finish_reason: 'stopped' });
      for (const server of servers) expect(server.output()).not.toContain('"level":"error"');
    } finally {
      await pooler.stop();
    }
  });
});

describe('migrations run online (X3)', () => {
  it('while answers are asked for: no error, before, during and after; the older version starts on the newer schema', async () => {
    const url = await createDatabase('migrated');
    cluster = await createCluster({ models, databaseUrl: url });
    const servers = [await cluster.start()];
    const over = new AbortController();
    let answers = 0;
    const talk = async (): Promise<void> => {
      const visitor = createVisitor(servers[0]?.url ?? '');
      while (!over.signal.aborted) {
        const { url: anyServer = '' } = servers[answers % servers.length] ?? {};
        expect((await visitor.at(anyServer).chat(QUICK, { message: 'go' })).message.content).toBe(quickText);
        expect((await visitor.at(anyServer).history(QUICK)).messages.at(-1)?.content).toBe(quickText);
        answers += 1;
      }
    };
    const talking = Promise.all(Array.from({ length: 6 }, talk));
    const folder = await newerSchema();
    try {
      const before = answers;
      const newer = await openDatabase({ url, dataDirectory: '', prismaDirectory: folder });
      expect(newer.migrated).toEqual([NEWER]);
      await newer.close();
      servers.push(await cluster.start());
      const after = answers;
      await expect.poll(() => answers).toBeGreaterThan(after + 6);
      expect(after).toBeGreaterThanOrEqual(before);
    } finally {
      over.abort();
      await talking;
      await rm(folder, { recursive: true });
    }
    for (const server of servers) expect(server.output()).not.toContain('"level":"error"');
  });

  it('a migration gives way to a transaction that holds what it needs and needs what it holds', async () => {
    const url = await createDatabase('crossed');
    cluster = await createCluster({ models, databaseUrl: url });
    await cluster.start();
    const folder = await newerSchema();
    const turn = new pg.Client({ connectionString: url });
    await turn.connect();
    try {
      await turn.query('BEGIN; LOCK TABLE sessions IN ROW EXCLUSIVE MODE');
      const opening = openDatabase({ url, dataDirectory: '', prismaDirectory: folder });
      // It has the messages by then, or has begun again; PostgreSQL would look for a deadlock a second after the turn waits.
      await wait(1_000);
      await turn.query('LOCK TABLE messages IN ROW EXCLUSIVE MODE');
      await turn.query('COMMIT');
      const newer = await opening;
      expect(newer.migrated).toEqual([NEWER]);
      await newer.close();
    } finally {
      await turn.end();
      await rm(folder, { recursive: true });
    }
  });
});

const NEWER = '29990101000000_newer';

/** The project's migrations and one more that adds, as every later version only may. */
async function newerSchema(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'salient-newer-'));
  await cp(path.join(projectDirectory, 'prisma'), folder, { recursive: true });
  await mkdir(path.join(folder, 'migrations', NEWER));
  await writeFile(
    path.join(folder, 'migrations', NEWER, 'migration.sql'),
    `ALTER TABLE "messages" ADD COLUMN "newer" TEXT NOT NULL DEFAULT 'none';
     ALTER TABLE "sessions" ADD COLUMN "newer" JSONB NOT NULL DEFAULT '{}';
     ALTER TABLE "llm_requests" ADD COLUMN "newer" INTEGER;
     CREATE TABLE "newer_things" ("id" UUID PRIMARY KEY DEFAULT gen_random_uuid());
     CREATE INDEX "llm_requests_newer_idx" ON "llm_requests" ("newer");`,
  );
  return folder;
}
