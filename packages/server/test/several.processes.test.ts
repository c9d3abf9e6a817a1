import type { ErrorBody } from '@salient/shared-types';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createCluster, type Cluster } from './cluster.ts';
import { openStream } from './open-stream.ts';
import type { SpawnedServer } from './spawn-server.ts';
import { createVisitor, type Visitor } from './visitor.ts';
import { wordText } from './word-text.ts';

const SLOW = '/accounts/acme/agents/slow';
const WORDS = 40;
const slowText = wordText(WORDS);

let cluster: Cluster;

beforeAll(async () => {
  cluster = await createCluster({ models: { 'acme/slow': `words:count=${WORDS},delay=120` } });
});

afterEach(() => cluster.killAll());

afterAll(() => cluster.close());

/** Begins a turn and reads until `count` pieces of the answer have come. The connection stays open. */
async function beginReading(server: SpawnedServer, visitor: Visitor, count: number) {
  await visitor.history(SLOW);
  const body = { message: 'tell me', client_message_id: 'tell-me' };
  const reading = await openStream(server.url, visitor, { path: `${SLOW}/stream`, body });
  await reading.pieces(count);
  return { turn: await reading.turn(), reading, body };
}

describe('a process that goes', () => {
  it('S7, M3, S14: killed, the answer becomes partial with what was shown, is billed once and never asked for again', async () => {
    const [first, second] = [await cluster.start(), await cluster.start()];
    const visitor = createVisitor(first.url);
    const calls = await cluster.callCount();
    const { turn, reading, body } = await beginReading(first, visitor, 12);
    const shown = reading.text();
    await new Promise((resolve) => setTimeout(resolve, 1_300));
    await first.end('SIGKILL');

    // The page tries again at once, under the same id, and comes to the same turn.
    const again = await openStream(second.url, visitor, { path: `${SLOW}/stream`, body });
    expect(await again.turn()).toEqual(turn);
    await again.over;
    const survivor = visitor.at(second.url);
    const { messages } = await survivor.history(SLOW);
    expect(messages.map(({ id, status }) => [id, status])).toEqual([
      [turn.user_message_id, 'complete'],
      [turn.message_id, 'partial'],
    ]);
    const kept = messages.at(-1)?.content ?? '';
    expect(again.text()).toBe(kept);
    expect(kept.startsWith(shown)).toBe(true);
    expect(slowText.startsWith(kept)).toBe(true);
    expect(await cluster.ledger(turn.turn_id)).toEqual([{ completion_status: 'partial', usage_source: 'estimated' }]);
    expect((await cluster.callCount()) - calls).toBe(1);
  });

  it('S8: SIGTERM turns readiness off at once, takes nothing new, lets the answer end, and exits', async () => {
    const [first, second] = [await cluster.start(), await cluster.start()];
    const visitor = createVisitor(first.url);
    const { turn, reading } = await beginReading(first, visitor, 3);
    first.signal('SIGTERM');
    await expect.poll(async () => (await fetch(`${first.url}/ready`)).status).toBe(503);
    const refused = await createVisitor(first.url).post(`${SLOW}/chat`, { message: 'one more' });
    expect([refused.status, ((await refused.json()) as ErrorBody).code, refused.headers.get('Retry-After')]).toEqual([
      503,
      'NOT_READY',
      '5',
    ]);
    expect(await first.end('SIGCONT')).toBe(0);
    await reading.over;
    expect(reading.text()).toBe(slowText);
    const history = await visitor.at(second.url).history(SLOW);
    expect(history.messages.at(-1)).toMatchObject({ id: turn.message_id, status: 'complete', content: slowText });
  });

  it('S8: SIGTERM while a question is being stored: it is answered before the process exits', async () => {
    const server = await cluster.start();
    const visitor = createVisitor(server.url);
    const { session_id: sessionId } = await visitor.chat(SLOW, { message: 'before' });
    const holder = new pg.Client({ connectionString: cluster.databaseUrl });
    await holder.connect();
    await holder.query('BEGIN');
    await holder.query('SELECT FROM sessions WHERE id = $1 FOR UPDATE', [sessionId]);
    const reading = openStream(server.url, visitor, { path: `${SLOW}/stream`, body: { message: 'and now' } });
    const waiting = `SELECT FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%start_turn%'`;
    await expect.poll(() => cluster.query(waiting)).toHaveLength(1);
    server.signal('SIGTERM');
    await expect.poll(async () => (await fetch(`${server.url}/ready`)).status).toBe(503);
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    await holder.query('COMMIT');
    await holder.end();
    const answer = await reading;
    await answer.over;
    expect(answer.text()).toBe(slowText);
    expect(await server.end('SIGCONT')).toBe(0);
  });

  it('S8: a second SIGTERM exits at once, and the answer is not lost', async () => {
    const [first, second] = [await cluster.start(), await cluster.start()];
    const visitor = createVisitor(first.url);
    const { turn } = await beginReading(first, visitor, 12);
    first.signal('SIGTERM');
    await expect.poll(async () => (await fetch(`${first.url}/ready`)).status).toBe(503);
    expect(await first.end('SIGTERM')).toBe(1);
    await expect
      .poll(async () => (await visitor.at(second.url).history(SLOW)).messages.at(-1), { timeout: 60_000 })
      .toMatchObject({ id: turn.message_id, status: 'partial' });
  });
});
