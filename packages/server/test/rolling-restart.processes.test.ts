import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startNginx } from '../../../scripts/start-nginx.mjs';
import { startRedis } from '../../../scripts/start-redis.mjs';
import { findFreePort } from '../../../scripts/toolchain/find-free-port.mjs';
import { createCluster, type Cluster } from './cluster.ts';
import { openStream, type OpenedStream } from './open-stream.ts';
import type { SpawnedServer } from './spawn-server.ts';
import { createVisitor, eventData, type Visitor } from './visitor.ts';
import { wordText } from './word-text.ts';

const STEADY = '/accounts/acme/agents/steady';
const ENDLESS = '/accounts/acme/agents/endless';
const WORDS = 20;
const steadyText = wordText(WORDS);
const whole = { status: 'complete', text: steadyText };

let cluster: Cluster;
let environments: Record<string, string>[];
const servers: SpawnedServer[] = [];
let front: string;
const cleanUp: (() => Promise<void>)[] = [];

beforeAll(async () => {
  cluster = await createCluster({
    models: { 'acme/steady': `words:count=${WORDS},delay=60` },
  });
  const redis = await startRedis();
  const ports = await Promise.all(Array.from({ length: 3 }, () => findFreePort()));
  environments = ports.map((port) => ({ PORT: String(port), REDIS_URL: redis.url }));
  for (const environment of environments) servers.push(await cluster.start(environment));
  const nginx = await startNginx({ upstreams: ports.map((port) => `127.0.0.1:${port}`) });
  front = nginx.url;
  cleanUp.push(nginx.stop, () => cluster.close(), redis.stop);
});

afterAll(async () => {
  for (const close of cleanUp) await close();
});

/** Sends a message as the widget does: the same id again until it is taken, then back for the rest until it is whole. */
async function converse(visitor: Visitor, message: string): Promise<{ status: string; text: string }> {
  const body = { message, client_message_id: randomUUID() };
  let turnId: string | null = null;
  let lastId = '';
  let text = '';
  for (;;) {
    const stream: OpenedStream | null = await openStream(
      front,
      visitor,
      turnId === null
        ? { path: `${STEADY}/stream`, body }
        : { path: `${STEADY}/stream?turn=${turnId}`, headers: { 'Last-Event-ID': lastId } },
      // Nobody listens there just now.
    ).catch(() => null);
    await stream?.over;
    if (stream?.status === 200 && stream.events.length > 0) {
      text += stream.text();
      lastId = stream.lastId();
      turnId = eventData(stream.events, 'turn').turn_id;
      if (stream.events.some(({ event }) => event === 'done')) {
        const { status } = eventData(stream.events, 'done');
        return { status, text };
      }
    }
    await wait(100);
  }
}

async function newVisitor(): Promise<Visitor> {
  const visitor = createVisitor(front);
  for (;;) {
    const response = await visitor.fetch(`${STEADY}/history`).catch(() => null);
    if (response?.ok) return visitor;
    await wait(100);
  }
}

/** What is stored of the agent's conversations, and how often the provider was asked for it. */
async function countAll() {
  const [counts = { questions: 0, answers: 0, bills: 0 }] = await cluster.query<{
    questions: number;
    answers: number;
    bills: number;
  }>(
    `SELECT count(*) FILTER (WHERE role = 'user')::int AS questions,
       count(*) FILTER (WHERE role = 'assistant' AND status = 'complete' AND content = $1)::int AS answers,
       (SELECT count(*)::int FROM llm_requests) AS bills FROM messages`,
    [steadyText],
  );
  return { ...counts, calls: await cluster.callCount() };
}

describe('a rolling restart (S8)', () => {
  it('SIGTERM with 100 streams: not ready at once, every stream ends whole, the process exits by itself', async () => {
    const visitors = await Promise.all(Array.from({ length: 100 }, () => newVisitor()));
    const answers = Promise.all(visitors.map((visitor) => converse(visitor, 'go')));
    await expect.poll(() => cluster.callCount()).toBe(100);
    const [first] = servers;
    first?.signal('SIGTERM');
    await expect.poll(async () => (await fetch(`${first?.url}/ready`).catch(() => null))?.status ?? 503).toBe(503);
    for (const answer of await answers) expect(answer).toEqual(whole);
    expect(await first?.end('SIGCONT')).toBe(0);
    servers[0] = await cluster.start(environments[0]);
    expect(await countAll()).toEqual({ questions: 100, answers: 100, bills: 100, calls: 100 });
  });

  it('ten restarts under load: no answer is lost, none is doubled', async () => {
    const before = await countAll();
    const over = new AbortController();
    let sent = 0;
    const talk = async (): Promise<void> => {
      const visitor = await newVisitor();
      while (!over.signal.aborted) {
        sent += 1;
        expect(await converse(visitor, `message ${sent}`)).toEqual(whole);
      }
    };
    const talking = Promise.all(Array.from({ length: 9 }, talk));
    for (let restart = 0; restart < 10; restart += 1) {
      const index = restart % 3;
      expect(await servers[index]?.end('SIGTERM')).toBe(0);
      servers[index] = await cluster.start(environments[index]);
    }
    over.abort();
    await talking;
    expect(sent).toBeGreaterThan(9);
    const after = await countAll();
    expect(after).toEqual({
      questions: before.questions + sent,
      answers: before.answers + sent,
      bills: before.bills + sent,
      calls: before.calls + sent,
    });
  }, 300_000);

  it('an answer that does not end in time is cut, stored as partial and billed, and the process exits', async () => {
    const hasty = await createCluster({
      models: { 'acme/endless': 'words:count=2000,delay=60' },
      app: { chat: { drain_seconds: 1 } },
    });
    try {
      const server = await hasty.start();
      const visitor = createVisitor(server.url);
      await visitor.history(ENDLESS);
      const reading = await openStream(server.url, visitor, { path: `${ENDLESS}/stream`, body: { message: 'go' } });
      await reading.pieces(3);
      const { turn_id: turnId, message_id: messageId } = eventData(reading.events, 'turn');
      expect(await server.end('SIGTERM')).toBe(0);
      await reading.over;
      expect(eventData(reading.events, 'done')).toMatchObject({ status: 'partial' });
      const [kept] = await hasty.query<{ content: string; status: string }>(
        'SELECT content, status FROM messages WHERE id = $1',
        [messageId],
      );
      expect(kept).toEqual({ content: reading.text(), status: 'partial' });
      expect(await hasty.ledger(turnId)).toEqual([{ completion_status: 'partial', usage_source: 'estimated' }]);
    } finally {
      await hasty.close();
    }
  });
});
