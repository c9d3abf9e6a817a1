import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { ChatReply, ErrorBody, History } from '@salient/shared-types';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startNginx } from '../../../scripts/start-nginx.mjs';
import { startRedis } from '../../../scripts/start-redis.mjs';
import { createCluster, type Cluster } from './cluster.ts';
import { openStream, type OpenedStream } from './open-stream.ts';
import type { SpawnedServer } from './spawn-server.ts';
import { createVisitor, eventData, type Visitor } from './visitor.ts';
import { wordText } from './word-text.ts';

const STEADY = '/accounts/acme/agents/steady';
const ENDLESS = '/accounts/acme/agents/endless';
const OTHER_TENANT = '/accounts/other/agents/steady';
const WORDS = 60;
const steadyText = wordText(WORDS);
/** How long a row is at most behind: drafts are kept more often than that. */
const POLL_MS = 500;

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

// Three processes behind a round-robin nginx without stickiness, as an operator would run them.
describe.each([
  ['with Redis', true],
  ['without Redis', false],
])('three processes behind nginx, %s', (_name, hasRedis) => {
  let cluster: Cluster;
  let servers: SpawnedServer[];
  let front: string;
  const cleanUp: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    cluster = await createCluster({
      models: {
        'acme/steady': `words:count=${WORDS},delay=40`,
        'acme/endless': 'words:count=2000,delay=60',
        'other/steady': `words:count=${WORDS},delay=0`,
      },
    });
    cleanUp.unshift(() => cluster.close());
    const environment: Record<string, string> = {};
    if (hasRedis) {
      const redis = await startRedis();
      cleanUp.unshift(redis.stop);
      environment['REDIS_URL'] = redis.url;
    }
    servers = [];
    for (let count = 0; count < 3; count += 1) servers.push(await cluster.start(environment));
    const nginx = await startNginx({ upstreams: servers.map(({ url }) => new URL(url).host) });
    cleanUp.push(nginx.stop);
    front = nginx.url;
  });

  afterAll(async () => {
    for (const close of cleanUp.toReversed()) await close();
  });

  async function newVisitor(agent = STEADY): Promise<Visitor> {
    const visitor = createVisitor(front);
    await visitor.history(agent);
    return visitor;
  }

  const serverAt = (index: number): SpawnedServer => servers[index] ?? expect.fail('no such process');

  const rejoin = (visitor: Visitor, turnId: string, offset: number, url = front): Promise<OpenedStream> =>
    openStream(url, visitor, {
      path: `${STEADY}/stream?turn=${turnId}`,
      headers: { 'Last-Event-ID': `${turnId}:${offset}` },
    });

  it.each(['RST', 'FIN'] as const)(
    'S1, S3: a reader cut by %s after three pieces loses and doubles nothing, and stops nothing',
    async (how) => {
      const visitor = await newVisitor();
      const before = await cluster.callCount();
      const reading = await openStream(front, visitor, { path: `${STEADY}/stream`, body: { message: 'go' } });
      await reading.pieces(3);
      const { turn_id: turnId } = eventData(reading.events, 'turn');
      reading.leave(how);
      await expect.poll(async () => (await visitor.history(STEADY)).messages.at(-1)?.role).toBe('assistant');
      const { messages } = await visitor.history(STEADY);
      expect(messages.map(({ role, status }) => [role, status])).toEqual([
        ['user', 'complete'],
        ['assistant', 'complete'],
      ]);
      expect(sha256(messages[1]?.content ?? '')).toBe(sha256(steadyText));
      expect(await cluster.ledger(turnId)).toEqual([{ completion_status: 'complete', usage_source: 'provider' }]);
      expect((await cluster.callCount()) - before).toBe(1);
    },
  );

  it('S2, S3: gives exactly the rest at 200 random cut points, live and after the end, wherever it is asked for', async () => {
    const visitor = await newVisitor();
    const before = await cluster.callCount();
    const whole = await openStream(front, visitor, { path: `${STEADY}/stream`, body: { message: 'go' } });
    await whole.pieces(1);
    const { turn_id: turnId } = eventData(whole.events, 'turn');
    const check = async (offset: number): Promise<void> => {
      const rest = await rejoin(visitor, turnId, offset);
      await rest.over;
      expect(steadyText.slice(0, offset) + rest.text()).toBe(steadyText);
      expect(eventData(rest.events, 'done')).toMatchObject({ status: 'complete', finish_reason: 'stop' });
    };
    const live: Promise<void>[] = [];
    for (let cut = 0; cut < 100; cut += 1) {
      live.push(check(Math.floor(Math.random() * (whole.text().length + 1))));
      await wait(20);
    }
    await Promise.all(live);
    await whole.over;
    expect(whole.text()).toBe(steadyText);
    const ended = Array.from({ length: 100 }, () => Math.floor(Math.random() * (steadyText.length + 1)));
    await Promise.all(ended.map(check));
    expect((await cluster.callCount()) - before).toBe(1);
  });

  it('S4: twenty readers on three processes get the same text of one call', async () => {
    const visitor = await newVisitor();
    const before = await cluster.callCount();
    const whole = await openStream(serverAt(0).url, visitor, { path: `${STEADY}/stream`, body: { message: 'go' } });
    await whole.pieces(1);
    const { turn_id: turnId } = eventData(whole.events, 'turn');
    const startedAt = performance.now();
    const readers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => rejoin(visitor, turnId, 0, serverAt(index % 3).url)),
    );
    await Promise.all([whole, ...readers].map(({ over }) => over));
    for (const reader of readers) {
      expect(reader.text()).toBe(steadyText);
      expect(eventData(reader.events, 'done')).toEqual(eventData(whole.events, 'done'));
    }
    expect((await cluster.callCount()) - before).toBe(1);
    if (!hasRedis) return;
    // Live means as it comes, not when the row is looked at.
    const looks = (performance.now() - startedAt) / POLL_MS;
    for (const elsewhere of [readers[1], readers[2]]) {
      const pieces = elsewhere?.events.filter(({ event }) => event === 'message').length;
      expect(pieces).toBeGreaterThan(looks * 2);
    }
  });

  it('S5: does not trust a place that an answer under way elsewhere has not reached', async () => {
    const visitor = await newVisitor(ENDLESS);
    const reading = await openStream(serverAt(0).url, visitor, { path: `${ENDLESS}/stream`, body: { message: 'go' } });
    await reading.pieces(1);
    const { turn_id: turnId } = eventData(reading.events, 'turn');
    const ask = async ({ url }: SpawnedServer): Promise<void> => {
      const refused = await visitor.at(url).fetch(`${ENDLESS}/stream?turn=${turnId}`, {
        headers: { 'Last-Event-ID': `${turnId}:99999999` },
      });
      expect([refused.status, ((await refused.json()) as ErrorBody).code]).toEqual([422, 'VALIDATION_ERROR']);
    };
    await Promise.all(servers.map(ask));
    await visitor.post(`${ENDLESS}/turns/${turnId}/stop`, {});
    await reading.over;
  });

  it('S6: a stop at another process closes the socket to the provider, keeps what came and bills it once', async () => {
    const visitor = await newVisitor(ENDLESS);
    const reading = await openStream(serverAt(0).url, visitor, { path: `${ENDLESS}/stream`, body: { message: 'go' } });
    await reading.pieces(5);
    const { turn_id: turnId } = eventData(reading.events, 'turn');
    const elsewhere = visitor.at(serverAt(1).url);
    const askedAt = Date.now();
    const stopped = await elsewhere.post(`${ENDLESS}/turns/${turnId}/stop`, {});
    expect(await stopped.json()).toEqual({ turn_id: turnId, status: 'partial' });
    await reading.over;
    expect(eventData(reading.events, 'done')).toMatchObject({ finish_reason: 'stopped', status: 'partial' });

    const call = (await cluster.provider.readRequests()).at(-1);
    expect(call).toMatchObject({ replied: false, closedAt: expect.any(Number) as number });
    // A bound on being heard at all: the answer would go on for two minutes. Usual are 50 ms, by the row 500.
    expect((call?.closedAt ?? Number.POSITIVE_INFINITY) - askedAt).toBeLessThan(10_000);
    const kept = (await elsewhere.history(ENDLESS)).messages.at(-1);
    expect(kept).toMatchObject({ status: 'partial', content: reading.text() });
    expect(await cluster.ledger(turnId)).toEqual([{ completion_status: 'partial', usage_source: 'estimated' }]);
  });

  it('S14: fifty sends of one client_message_id over all processes are one message, one call and fifty equal replies', async () => {
    const visitor = await newVisitor();
    const before = await cluster.callCount();
    const body = { message: 'only once', client_message_id: randomUUID() };
    const replies = await Promise.all(Array.from({ length: 50 }, () => visitor.chat(STEADY, body)));
    const [first] = replies;
    expect(first?.message.content).toBe(steadyText);
    for (const reply of replies) expect(reply).toEqual(first);
    expect((await visitor.history(STEADY)).messages).toHaveLength(2);
    expect((await cluster.callCount()) - before).toBe(1);

    const other = await visitor.post(`${STEADY}/chat`, { ...body, message: 'something else' });
    expect(other.status).toBe(422);
    const elsewhere = await visitor.chat(OTHER_TENANT, { ...body, message: 'something else' });
    expect(elsewhere.user_message.content).toBe('something else');
    expect((await cluster.callCount()) - before).toBe(2);
  });

  it('S15: two tabs and a script that send at once take turns, and all see one order', async () => {
    const visitor = await newVisitor();
    const refusals: string[] = [];
    const say = async (message: string): Promise<void> => {
      const body = { message, client_message_id: randomUUID() };
      for (;;) {
        const response = await visitor.post(`${STEADY}/chat`, body);
        if (response.ok) {
          expect(((await response.json()) as ChatReply).message.content).toBe(steadyText);
          return;
        }
        refusals.push(((await response.json()) as ErrorBody).code);
        await wait(200);
      }
    };
    const said = ['first tab', 'second tab', 'script'];
    await Promise.all(said.map(say));
    expect(new Set(refusals)).toEqual(new Set(['TURN_IN_PROGRESS']));

    const histories = await Promise.all(servers.map(({ url }) => visitor.at(url).history(STEADY)));
    const [{ messages }] = histories as [History, ...History[]];
    for (const history of histories) expect(history.messages).toEqual(messages);
    expect(messages.map(({ role }) => role)).toEqual(said.flatMap(() => ['user', 'assistant']));
    expect(
      messages
        .filter(({ role }) => role === 'user')
        .map(({ content }) => content)
        .toSorted(),
    ).toEqual(said.toSorted());
  });
});
